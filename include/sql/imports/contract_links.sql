-- Contracts and change orders that another integration has synced, each with what it is in Spectrum (N12): found by the
-- ERP id that Procore shows, or by its number where it shows none, on the job of its project and with the vendor of its
-- company. Nothing of them is written in Procore: they are linked, so that what comes after them can be exported.
with held as (
    select
        records.record_id,
        records.name,
        records.origin_id,
        nullif(btrim(records.origin_code), '') as code,
        records.fields ->> 'record' as id,
        records.fields ->> 'kind' as kind,
        records.fields ->> 'project_id' as project,
        nullif(btrim(records.fields ->> 'number'), '') as number,
        records.fields ->> 'status' as status,
        records.fields ->> 'amount' as amount_shown,
        -- What is not a plain amount is shown as Procore holds it, and not compared.
        case
            when records.fields ->> 'amount' ~ '^-?[0-9]{1,12}([.][0-9]+)?$'
                then (records.fields ->> 'amount')::numeric(14, 2)
        end as amount,
        records.fields ->> 'contract_id' as contract,
        jobs.spectrum_key as job,
        vendors.spectrum_key as vendor
    from procore.records
    left join export.links as jobs
        on
            jobs.object_name = 'jobs'
            and records.company_code = jobs.company_code
            and jobs.unlinked_at is null
            and records.fields ->> 'project_id' = jobs.record_id
    left join export.links as vendors
        on
            vendors.object_name = 'vendors'
            and records.company_code = vendors.company_code
            and vendors.unlinked_at is null
            and records.fields ->> 'vendor_id' = vendors.record_id
    where
        records.object_name = {{ "object" | bound }}
        and records.company_code = {{ "company" | bound }}
        and records.gone_at is null
        and procore.is_foreign(records.origin_id, {{ "own" | bound }}::text [])
),

subcontracts as (
    select
        btrim(subcontracts.job_number) as job,
        btrim(subcontracts.vendor_code) as vendor,
        btrim(subcontracts.subcontract_number) as number,
        coalesce(
            (
                select sum(items.original_contract_amount)
                from spectrum.subcontract_items as items
                where
                    items.company_code = subcontracts.company_code
                    and items.vendor_code = subcontracts.vendor_code
                    and items.subcontract_number = subcontracts.subcontract_number
                    and items._deleted_at is null
            ),
            subcontracts.original_amount
        ) as amount
    from spectrum.subcontracts
    where subcontracts.company_code = {{ "company" | bound }} and subcontracts._deleted_at is null
),

commitments as (
    select
        held.*,
        found.vendor as found_vendor,
        found.number as found_number,
        found.amount as found_amount
    from held
    left join lateral (
        select subcontracts.*
        from subcontracts
        where
            lower(subcontracts.job) = lower(held.job)
            and lower(subcontracts.vendor) = lower(held.vendor)
            and lower(coalesce(held.code, held.number)) in (
                lower(subcontracts.number), lower(subcontracts.vendor || '/' || subcontracts.number)
            )
        order by subcontracts.number
        limit 1
    ) as found on true
    where held.kind = 'commitment'
),

changes as (
    select
        held.*,
        contracts.found_vendor,
        contracts.found_number,
        contracts.id is not null as is_of_a_commitment,
        found.number as request,
        found.amount as found_amount
    from held
    left join commitments as contracts on held.contract = contracts.id
    left join lateral (
        select
            min(btrim(subcontract_changes.change_request_number)) as number,
            sum(subcontract_changes.sub_amount) as amount
        from spectrum.subcontract_changes
        where
            subcontract_changes.company_code = {{ "company" | bound }}
            and subcontract_changes._deleted_at is null
            and lower(btrim(subcontract_changes.job_number)) = lower(held.job)
            and lower(btrim(subcontract_changes.vendor_code)) = lower(contracts.found_vendor)
            and lower(btrim(subcontract_changes.subcontract_number)) = lower(contracts.found_number)
            and export.compared('change request', held.job || '/' || subcontract_changes.change_request_number)
            = export.compared('change request', held.job || '/' || coalesce(held.code, held.number))
        having count(*) > 0
    ) as found on true
    where held.kind = 'change order'
),

primes as (
    select
        held.*,
        count(*) over (partition by held.project) as in_project,
        found.contracts,
        found.amount as found_amount
    from held
    left join lateral (
        select
            count(distinct prime_contracts.customer_code) as contracts,
            coalesce(
                (
                    select sum(items.original_contract)
                    from spectrum.prime_contract_items as items
                    where
                        items.company_code = {{ "company" | bound }}
                        and items._deleted_at is null
                        and lower(btrim(items.job_number)) = lower(held.job)
                ),
                sum(prime_contracts.original_contract)
            ) as amount
        from spectrum.prime_contracts
        where
            prime_contracts.company_code = {{ "company" | bound }}
            and prime_contracts._deleted_at is null
            and lower(btrim(prime_contracts.job_number)) = lower(held.job)
        having count(*) > 0
    ) as found on true
    where held.kind = 'prime contract'
),

found as (
    select
        commitments.record_id,
        commitments.id,
        commitments.name,
        commitments.origin_id,
        commitments.code,
        commitments.number,
        commitments.project,
        commitments.job,
        commitments.status,
        commitments.amount,
        commitments.amount_shown,
        commitments.found_amount,
        'commitments' as object,
        'subcontract' as space,
        'subcontract' as called,
        commitments.found_vendor || '/' || commitments.found_number as key,
        case
            when commitments.job is null then 'its project is not linked to a job'
            when commitments.vendor is null then 'its company is not linked to a vendor'
            when commitments.found_number is null
                then 'Spectrum has no subcontract ' || coalesce(commitments.code, commitments.number, 'without a number')
                    || ' of vendor ' || commitments.vendor || ' for job ' || commitments.job
        end as missing
    from commitments
    union all
    select
        changes.record_id,
        changes.id,
        changes.name,
        changes.origin_id,
        changes.code,
        changes.number,
        changes.project,
        changes.job,
        changes.status,
        changes.amount,
        changes.amount_shown,
        changes.found_amount,
        'commitment_change_orders' as object,
        'change request' as space,
        'change request' as called,
        changes.job || '/' || changes.request as key,
        case
            when changes.job is null then 'its project is not linked to a job'
            when not changes.is_of_a_commitment then 'it changes no commitment that was synced'
            when changes.found_number is null then 'the subcontract of its contract was not found'
            when changes.request is null
                then 'Spectrum has no change request ' || coalesce(changes.code, changes.number, 'without a number')
                    || ' of job ' || changes.job || ' for subcontract ' || changes.found_number || ' of vendor '
                    || changes.found_vendor
        end as missing
    from changes
    union all
    select
        primes.record_id,
        primes.id,
        primes.name,
        primes.origin_id,
        primes.code,
        primes.number,
        primes.project,
        primes.job,
        primes.status,
        primes.amount,
        primes.amount_shown,
        primes.found_amount,
        'prime_contracts' as object,
        'prime contract' as space,
        'prime contract' as called,
        primes.job as key,
        case
            when primes.job is null then 'its project is not linked to a job'
            when primes.in_project > 1
                then 'its project has ' || primes.in_project || ' prime contracts, and the job has one (I2)'
            when primes.contracts is null then 'Spectrum has no prime contract for job ' || primes.job
            when primes.contracts > 1
                then 'job ' || primes.job || ' has ' || primes.contracts || ' prime contracts in Spectrum (I2)'
        end as missing
    from primes
),

judged as (
    select
        found.*,
        case when found.missing is null then found.called || ' ' || found.key else 'Procore ' || found.record_id end
            as spectrum_key,
        found.missing is null
        and count(*) filter (where found.missing is null) over (
            partition by found.object, export.compared(found.space, found.key)
        ) > 1 as is_double,
        coalesce(found.amount != found.found_amount, true) as differs
    from found
),

described as (
    select
        judged.*,
        row_number() over (partition by lower(judged.spectrum_key) order by judged.record_id) as place,
        case
            when judged.missing is not null then judged.missing
            when judged.is_double then 'another record of Procore has the same ERP id: ' || judged.key
            when judged.amount is null or judged.found_amount is null
                then 'the amounts cannot be compared: Procore holds ' || coalesce(judged.amount::text, judged.amount_shown, 'none')
                    || ', Spectrum ' || coalesce(judged.found_amount::text, 'none')
            when judged.differs
                then 'Procore holds ' || judged.amount || ', Spectrum ' || judged.found_amount || ': '
                    || to_char(judged.amount - judged.found_amount, 'FMSG999999999990.00') || ' in Procore'
        end as reason
    from judged
)

insert into _rows
select
    case when described.place > 1 then 'Procore ' || described.record_id else described.spectrum_key end as spectrum_key,
    described.name as title,
    case when described.missing is not null or described.is_double then 'refused' else 'take over' end as kind,
    case
        when described.missing is not null or described.is_double then 'not ready'
        when left_out.spectrum_key is not null then 'left out'
        when described.differs then 'suggested'
        else 'ready'
    end as state,
    described.record_id,
    described.name as record_title,
    null as origin_id,
    jsonb_build_object(
        'origin_id', described.origin_id, 'origin_code', described.code, 'number', described.number, 'status', described.status,
        'amount', described.amount::text
    ) as before,
    '{}'::jsonb as after,
    jsonb_build_object('amount', described.found_amount::text, 'number', described.key)
    || case
        when described.missing is null
            then jsonb_build_object(
                'link', jsonb_build_object(
                    'object', described.object, 'space', described.space, 'key', described.key, 'record', described.id,
                    'project', described.project, 'job', described.job
                )
            )
        else '{}'::jsonb
    end as spectrum,
    encode(
        sha256(
            convert_to(
                jsonb_build_array(
                    described.record_id, described.object, described.key, described.origin_id, described.amount::text, described.found_amount::text,
                    described.missing
                )::text,
                'UTF8'
            )
        ),
        'hex'
    ) as row_hash,
    case when described.missing is null then 100 end as score,
    case
        when described.missing is not null then '{}'::text []
        when described.code is not null and described.object != 'prime_contracts' then array['same ERP id']
        when described.object = 'prime_contracts' then array['the one of the job']
        else array['same number']
    end || case when described.missing is null and not described.differs then array['same amount'] else '{}'::text [] end
        as attributes,
    not described.differs as exact,
    false as tied,
    '[]'::jsonb as candidates,
    case when described.missing is not null or described.is_double then 'N12' end as rule,
    case
        when described.missing is not null or described.is_double then 'origin_code'
        when described.differs then 'amount'
    end as field,
    case
        when described.missing is not null or described.is_double then coalesce(described.code, '')
        when described.differs then described.amount::text
    end as value,
    described.reason,
    case
        when described.missing is not null
            then 'take over project and company first, and sync subcontracts and prime contracts; or link it with link_export'
        when described.is_double then 'link the right one of them with link_export'
        when described.differs then 'look at both; accept it to link them as they are'
    end as remedy
from described
left join procore.left_out
    on
        left_out.object_name = {{ "object" | bound }}
        and left_out.company_code = {{ "company" | bound }}
        and described.spectrum_key = left_out.spectrum_key
where
    not exists (
        select from export.links
        where
            links.object_name = described.object
            and links.company_code = {{ "company" | bound }}
            and links.unlinked_at is null
            and links.record_id = described.id
    )
    and (
        {{ "jobs" | bound }}::text [] is null
        or lower(described.job) = any({{ "jobs" | bound }}::text [])
    )
