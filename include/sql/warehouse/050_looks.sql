-- How many calls a look at Procore makes, counted apart from those that write; and what of the company it finds that plans
-- need, beside the records themselves.
alter table procore.looks add column calls integer;

alter table procore.looks add column whole_calls integer;

alter table procore.looks add column facts jsonb not null default '{}';

comment on column procore.looks.looked_at is 'When it was last asked for what had changed, or read whole';
comment on column procore.looks.calls is 'Calls that the last look made; null before the first that was counted';
comment on column procore.looks.whole_calls is
'Calls that reading all of it took the last time; null before the first that was counted';
comment on column procore.looks.facts is
'What else of the Procore company plans are made of, as it was when all was read, such as the id of a list of cost codes';
