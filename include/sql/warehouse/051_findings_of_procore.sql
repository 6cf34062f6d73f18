-- What has to be done in a Procore company before imports and exports work there is a finding, as differences of Spectrum
-- are: red or amber, told once, and with what to do about it.
alter table sync.connection_findings drop constraint connection_findings_kind_check;

alter table sync.connection_findings add constraint connection_findings_kind_check check (
    kind in ('web services', 'Info-Link', 'Procore')
);

alter table sync.connection_findings drop constraint connection_findings_difference_check;

alter table sync.connection_findings add constraint connection_findings_difference_check check (
    difference in (
        'missing', 'new', 'type', 'take over', 'grant', 'permit', 'switch off', 'leave out', 'ask Procore', 'clean up'
    )
);

alter table sync.connection_findings add column remedy text not null default '';

comment on table sync.connection_findings is
'What the last check found that somebody has to look at: where web services and Info-Link tables differ from what this '
'package knows of them (M4), and what has to be done in Procore.';
comment on column sync.connection_findings.kind is 'web services, Info-Link or Procore';
comment on column sync.connection_findings.subject is 'Web service, Info-Link table, or kind of Procore''s records';
comment on column sync.connection_findings.item is
'Parameter, element or column, empty where the whole table is meant; of Procore what of the records';
comment on column sync.connection_findings.difference is
'missing, new, or type (another type than expected). Of Procore what to do about it: take over (records carry ids of another '
'integration), grant (a right is too low), permit (the service account does not see a project), switch off (another '
'integration works there), leave out (what is not supported), ask Procore (it refuses what is needed), clean up (a probe '
'left something behind)';
comment on column sync.connection_findings.detail is 'What differs, or what is there';
comment on column sync.connection_findings.affects is 'Staged tables, imports or exports that it affects, and how';
comment on column sync.connection_findings.remedy is 'What to do, as an instruction; empty where the detail says it';
comment on column sync.connection_facts.kind is 'Info-Link or Procore';
comment on column sync.connection_facts.subject is 'Table, or kind of Procore''s records';
comment on column sync.connection_facts.item is
'indexes, change tracking or change data capture; of Procore origin ids, rights and the like';
