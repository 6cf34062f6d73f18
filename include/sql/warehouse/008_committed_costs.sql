-- Subcontracts are staged, so the marts know what is committed.
comment on column marts.job_cost_summary.committed_cost is
'Subcontracts: the lines of those that are not inactive, and their executed changes. All of it, paid or not. Null, '
'meaning not known, until subcontracts of the company have been staged. Purchase orders are not staged (A6)';
