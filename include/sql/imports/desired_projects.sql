-- Which projects Procore should hold: one row a job that Spectrum has, by its number. Jobs of another status or division,
-- and those that started before a day, are not offered as new projects (N13); linked ones still follow. Sub jobs are
-- refused: Procore has none, and master jobs are projects of their own (B3). A state that Procore does not know is left
-- out, and the row says so. A new project uses the list of cost codes that comes from Spectrum, where Procore has it; one that was
-- accepted keeps the template with which it was shown.
with looked as (
    select looks.facts
    from procore.looks
    where looks.object_name = {{ "object" | bound }} and looks.company_code = {{ "company" | bound }}
),

accepted as (
    select
        plan_rows.spectrum_key,
        plan_rows.after ->> 'project_template_id' as template
    from procore.plan_rows
    inner join procore.plans on plan_rows.plan_id = plans.plan_id
    where
        plans.object_name = {{ "object" | bound }}
        and plans.company_code = {{ "company" | bound }}
        and plans.state = 'open'
        and plan_rows.kind = 'create'
        and plan_rows.state in ('accepted', 'applying', 'unknown', 'waiting for permission')
),

staged as (
    select
        jobs.*,
        btrim(jobs.job_number) as number,
        nullif(btrim(jobs.division), '') as division_given,
        nullif(upper(btrim(jobs.state)), '') as state_given,
        coalesce(jobs.start_date, jobs.est_start_date) as started
    from {{ staged | ident }} as jobs
    where
        jobs.company_code = {{ "company" | bound }}
        and jobs._deleted_at is null
        and ({{ "keys" | bound }}::text [] is null or lower(btrim(jobs.job_number)) = any({{ "keys" | bound }}::text []))
)

select
    staged.number as spectrum_key,
    coalesce(nullif(btrim(staged.job_description), ''), staged.number) as title,
    staged.status_code = any({{ "statuses" | bound }}::text [])
    and case
        when staged.division_given is null then {{ "without_division" | bound }}::boolean
        else
            cardinality({{ "divisions" | bound }}::text []) = 0
            or staged.division_given = any({{ "divisions" | bound }}::text [])
    end
    and coalesce(staged.started >= {{ "started_from" | bound }}::date, true) as is_offered,
    case
        when staged.state_given is not null and procore.country_of(staged.state_given) is null
            then 'state ' || staged.state_given || ' is none that Procore knows, and is left out'
    end as note,
    case
        when staged.not_importable_reason is not null
            then jsonb_build_object(
                'rule', 'B3',
                'field', 'master_job',
                'value', btrim(staged.master_job),
                'reason', staged.not_importable_reason,
                'remedy', 'import the master job, or make it a job of its own in Spectrum'
            )
    end as refusal,
    jsonb_build_object(
        'name', nullif(btrim(staged.job_description), ''),
        'project_number', staged.number,
        'address', nullif(
            concat_ws(', ', nullif(btrim(staged.address_1), ''), nullif(btrim(staged.address_2), '')), ''
        ),
        'city', nullif(btrim(staged.city), ''),
        'state_code', case when procore.country_of(staged.state_given) is not null then staged.state_given end,
        'country_code', procore.country_of(staged.state_given),
        'zip', nullif(btrim(staged.zip_code), ''),
        'start_date', staged.started,
        'completion_date', coalesce(staged.complete_date, staged.projected_complete_date, staged.est_complete_date),
        'project_template_id',
        case when accepted.spectrum_key is null then {{ "template" | bound }}::text else accepted.template end,
        'standard_cost_code_list_id', looked.facts ->> 'standard_cost_code_list_id'
    ) as fields,
    case
        when looked.facts ->> 'standard_cost_code_list_id' is null
            then 'Procore shows no list of cost codes named ' || {{ "cost_code_list" | bound }}::text
                || ', so the project gets that of its template, or Procore''s own'
    end as note_if_new
from staged
left join looked on true
left join accepted on staged.number = accepted.spectrum_key
