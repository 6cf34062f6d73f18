-- What imports of jobs need: rows that wait for a permission in Procore, and the countries of states.
alter table procore.plan_rows drop constraint plan_rows_state_check;

alter table procore.plan_rows add constraint plan_rows_state_check check (
    state in (
        'ready', 'suggested', 'not ready', 'left out', 'accepted', 'applying', 'unknown', 'waiting for permission',
        'applied', 'failed', 'put back'
    )
);

comment on column procore.plan_rows.state is
'ready: can be accepted as it is. suggested: a person has to look at the match. not ready: nothing can be done now. '
'left out: by a person, until it is included again. accepted: will be applied. applying: a call is under way. unknown: '
'its answer was lost. waiting for permission: Procore has it, and the service account may not see it yet. applied: done. '
'failed: Procore refused it. put back: it changed since it was accepted';

-- Procore takes states as ISO 3166 codes only: those of the United States and the provinces of Canada.
create function procore.country_of(state text) returns text
language sql immutable
as $$
    select case
        when state = any(string_to_array(
            'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK '
            || 'OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR UM VI', ' '
        )) then 'US'
        when state = any(string_to_array('AB BC MB NB NL NS NT NU ON PE QC SK YT', ' ')) then 'CA'
    end
$$;

comment on function procore.country_of(text) is
'Country, as ISO 3166 calls it, of a state in capitals; null where it is none that Procore knows';
