-- A table or column that Info-Link lacks may be there under a name of the site's own: the check shows what is most like
-- it, and the lines of the settings that would name it. Nothing is taken by itself.
alter table sync.connection_findings add column closest text not null default '';
alter table sync.connection_findings add column paste text not null default '';

comment on column sync.connection_findings.closest is
'Of something missing: what is there and most like it, best first, with its type; empty where nothing is';
comment on column sync.connection_findings.paste is
'Lines for include/settings.yaml that name the first of them, once a person has looked at it';
