-- Spectrum compares codes trimmed and without case, so `v1015` and `V1015` are one vendor; the links held them to be two,
-- and let two companies of Procore be linked to it. From here on a key is unique as Spectrum compares it. Links that
-- clash already stay, since nobody but a person can tell which is right: they are marked, listed, and stop nothing.
alter table export.links add column clash integer not null default 0;
alter table export.links add column note text;

comment on column export.links.spectrum_key is
'What it is called in Spectrum, in its own spelling; compared trimmed and without case';
comment on column export.links.clash is
'0; above 0 for a link to a record of Spectrum that another living link had first: a person has to end all but one';
comment on column export.links.note is
'What a person should know of the pair: what else is linked to the same record, or how the two differed when linked';

with pairs as (
    select
        links.link_id,
        row_number() over same_record - 1 as place,
        (
            select string_agg(other.record_id || ' (' || other.spectrum_key || ')', ', ' order by other.link_id)
            from export.links as other
            where
                other.unlinked_at is null
                and other.link_id != links.link_id
                and other.object_name = links.object_name
                and other.company_code = links.company_code
                and lower(btrim(other.spectrum_key)) = lower(btrim(links.spectrum_key))
        ) as others
    from export.links
    where links.unlinked_at is null
    window same_record as (
        partition by links.object_name, links.company_code, lower(btrim(links.spectrum_key))
        order by links.linked_at, links.link_id
    )
)

update export.links
set
    clash = pairs.place,
    note = 'the same record of Spectrum is linked to Procore record ' || pairs.others
    || ' as well: end all but one of these links with unlink_export'
from pairs
where links.link_id = pairs.link_id and pairs.others is not null;

do $$
declare
    link record;
begin
    for link in select * from export.links where note is not null and unlinked_at is null order by object_name, link_id loop
        raise warning '% of company %: Procore record % is linked to %, but %',
            link.object_name, link.company_code, link.record_id, link.spectrum_key, link.note;
    end loop;
end
$$;

create unique index links_as_compared on export.links (
    object_name, company_code, lower(btrim(spectrum_key)), clash
)
where unlinked_at is null;

drop index export.links_of_spectrum;
