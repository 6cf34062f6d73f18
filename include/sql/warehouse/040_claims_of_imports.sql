-- One claim for both directions. A row of a plan that was accepted into Procore claims its number of Spectrum, and the
-- Procore record that it will be linked to, in the table in which the exports claim theirs: whoever comes second, in
-- either direction, is refused. Once the pair is linked, its claim is that of any other linked record.
alter table export.claims add column plan_row_id bigint;

comment on table export.claims is
'Which record has which number of Spectrum: one row a number that is being exported under, accepted into Procore, or linked. It goes when the record is unlinked, refused or taken out.';
comment on column export.claims.object_name is 'Object of the record that has it, exported or imported';
comment on column export.claims.record_id is 'Procore id of that record; empty for one that is yet to be created in Procore';
comment on column export.claims.attempt_id is 'The attempt of an export that claimed it; null for links by hand and for imports';
comment on column export.claims.plan_row_id is
'Row of procore.plan_rows that was accepted and is not linked yet; null for exports and for what is linked';

-- Two rows of a plan never lead to one Procore record.
create unique index claims_of_planned_record on export.claims (company_code, object_name, record_id)
where plan_row_id is not null and record_id != '';

create unique index claims_of_plan_row on export.claims (plan_row_id) where plan_row_id is not null;

alter table export.links drop constraint links_how_check;

alter table export.links add constraint links_how_check check (how in ('export', 'by hand', 'import'));

comment on table export.links is
'Which Procore record is which record of Spectrum, for both directions: one to one while a link lasts.';
comment on column export.links.how is 'export, by hand, or import: created or linked by an accepted row of a plan';
comment on column export.links.attempt_id is 'The attempt that last wrote it to Spectrum; null for links by hand and imports';
