-- Rows of one key. Identical copies: one is staged and the others are listed. Different ones: nobody can tell which is
-- right, so none is staged; the last good version of the row stays.
with counted as (
    select
        ctid as _tid,
        row_number() over (partition by {{ key | idents }} order by ctid) as _copy,
        count(*) over (partition by {{ key | idents }}) as _copies,
        min(_row_hash::text) over (partition by {{ key | idents }})
        = max(_row_hash::text) over (partition by {{ key | idents }}) as _identical
    from {{ rows | ident }}
),

doomed as (
    delete from {{ rows | ident }} as staged
    using counted
    where staged.ctid = counted._tid and counted._copies > 1 and not (counted._identical and counted._copy = 1)
    returning staged.*, counted._copies, counted._identical
)

insert into {{ rejects | ident }} (job_number, partition_month, row_key, column_name, value, reason, source_row)
select
    {{ 'job_number' if names_job else 'null::text' }},
    null::text,
    jsonb_build_object({% for name in key %}'{{ name }}', {{ name | ident }}{{ ", " if not loop.last }}{% endfor %}),
    '{{ key[-1] }}',
    {{ key[-1] | ident }}::text,
    case
        when _identical
            then 'the source holds this row ' || _copies || ' times; one of them is staged: delete the others there'
        else
            'the source holds ' || _copies || ' different rows with this key, so none is staged: delete the wrong ones'
            || ' there'
    end,
    to_jsonb(doomed) - array['_row_hash', '_copies', '_identical'] - {{ "personal" | bound }}::text[]
from doomed
