-- A page of rows, sorted as the person asks. What is wide (fields, matches, the last call) is read for the rows of the
-- page alone.
with planned as (
    {% include "page/planned_rows.sql" %}
),

page as (
    select
        planned.*,
        count(*) over () as matching,
        row_number() over (
            order by
                case when {{ "sort" | bound }}::text = 'key' then planned.spectrum_key collate "C" end asc nulls last,
                case when {{ "sort" | bound }}::text = 'title' then lower(planned.title) end asc nulls last,
                case when {{ "sort" | bound }}::text = '-title' then lower(planned.title) end desc nulls last,
                case when {{ "sort" | bound }}::text = '-score' then planned.score end desc nulls last,
                case when {{ "sort" | bound }}::text = 'score' then planned.score end asc nulls last,
                case when {{ "sort" | bound }}::text = '-changed' then planned.changed_at end desc nulls last,
                planned.object_name asc,
                planned.company_code asc,
                planned.spectrum_key asc,
                planned.row_id desc
        ) as place
    from planned
    where {{ "does" | bound }}::text is null or planned.does = {{ "does" | bound }}::text
    order by place
    limit {{ "limit" | bound }} offset {{ "offset" | bound }}
)

select
    page.row_id,
    page.object_name,
    page.company_code,
    page.spectrum_key,
    page.title,
    page.state,
    page.does,
    page.is_current,
    page.changed_at,
    page.matching,
    plan_rows.kind,
    plan_rows.record_id,
    plan_rows.record_title,
    plan_rows.before,
    plan_rows.after,
    plan_rows.spectrum,
    plan_rows.row_hash,
    plan_rows.score,
    plan_rows.attributes,
    plan_rows.exact,
    plan_rows.tied,
    plan_rows.rule,
    plan_rows.field,
    plan_rows.value,
    plan_rows.reason,
    plan_rows.remedy,
    coalesce(plan_rows.decided_by_name, left_out.left_out_by_name) as decided_by_name,
    coalesce(plan_rows.decided_at, left_out.left_out_at) as decided_at,
    candidates.matches,
    called.state as call_state,
    called.answer as call_answer,
    called.answered_at,
    called.compared_at,
    called.differs,
    called.run_id
from page
inner join procore.plan_rows on page.row_id = plan_rows.row_id
left join procore.left_out
    on
        page.state = 'left out'
        and page.object_name = left_out.object_name
        and page.company_code = left_out.company_code
        and page.spectrum_key = left_out.spectrum_key
left join lateral (
    select
        jsonb_agg(
            candidate.value || jsonb_build_object('name', records.name, 'active', records.is_active)
            order by candidate.place
        ) as matches
    from jsonb_array_elements(plan_rows.candidates) with ordinality as candidate (value, place)
    left join procore.records
        on
            page.object_name = records.object_name
            and page.company_code = records.company_code
            and candidate.value ->> 'record_id' = records.record_id
) as candidates on true
left join lateral (
    select
        calls.state,
        calls.answer,
        calls.answered_at,
        calls.compared_at,
        calls.differs,
        calls.run_id
    from procore.calls
    where calls.row_id = page.row_id
    order by calls.call_id desc
    limit 1
) as called on true
order by page.place
