-- The index of a partitioned table, by what a publish replaces. Made after the first rows are in: row by row it would
-- take twice as long as they do.
create index {{ index | ident }} on {{ staged | ident }} (company_code, job_number, _month)
