-- What undoing a run takes, one row a record of Procore: its own fields as they were; a link ended; what was created made
-- inactive and without our id, since Procore deletes no company. What somebody, or a later run, has changed since stays.
with done as (
    select
        calls.spectrum_key,
        calls.record_id,
        calls.call_id,
        calls.kind,
        calls.held_before,
        calls.sent,
        calls.entity,
        bool_or(calls.kind = 'reactivate') over (partition by calls.record_id) as was_inactive,
        row_number() over (
            partition by calls.record_id, calls.kind = 'reactivate'
            order by calls.call_id desc
        ) as place
    from procore.calls
    where
        calls.object_name = {{ "object" | bound }}
        and calls.company_code = {{ "company" | bound }}
        and calls.run_id = {{ "run" | bound }}
        and calls.state = 'applied'
        and calls.kind != 'undo'
        -- What was undone once is not undone again.
        and not exists (
            select from procore.calls as undone
            where
                undone.object_name = calls.object_name
                and undone.company_code = calls.company_code
                and undone.record_id = calls.record_id
                and undone.kind = 'undo'
                and undone.state = 'applied'
                and undone.call_id > calls.call_id
        )
),

taken_back as (
    select
        done.*,
        records.name,
        records.record_id is null as is_gone,
        records.fields || jsonb_build_object(
            'origin_id', records.origin_id, 'origin_code', records.origin_code, 'is_active', records.is_active
        ) as held,
        case
            when done.kind = 'create'
                then jsonb_build_object('origin_id', null, 'origin_code', null, 'is_active', false)
            when done.kind in ('link', 'take over')
                then jsonb_build_object(
                    'origin_id', done.held_before -> 'origin_id', 'origin_code', done.held_before -> 'origin_code'
                ) || case when done.was_inactive then jsonb_build_object('is_active', false) else '{}'::jsonb end
            else done.held_before
        end as after,
        (
            select min(later.run_id)
            from procore.calls as later
            where
                later.object_name = {{ "object" | bound }}
                and later.company_code = {{ "company" | bound }}
                and later.record_id = done.record_id
                and later.state = 'applied'
                and later.run_id != {{ "run" | bound }}
                and later.call_id > done.call_id
        ) as changed_by_run
    from done
    left join procore.records
        on
            records.object_name = {{ "object" | bound }}
            and records.company_code = {{ "company" | bound }}
            and done.record_id = records.record_id
            and records.gone_at is null
    where
        done.place = 1
        and done.kind != 'reactivate'
),

judged as (
    select
        taken_back.*,
        (
            select string_agg(sent.key, ', ' order by sent.key)
            from jsonb_each(taken_back.sent - 'id' - {{ "unshown" | bound }}::text []) as sent
            where
                coalesce(taken_back.held -> sent.key, 'null') != sent.value
                -- What Procore made of it itself, and has answered so, nobody has changed.
                and not (
                    coalesce(taken_back.entity ? sent.key, false)
                    and taken_back.entity ->> sent.key is not distinct from taken_back.held ->> sent.key
                )
        ) as edited,
        (
            select jsonb_object_agg(changed.key, coalesce(taken_back.held -> changed.key, 'null'))
            from jsonb_each(taken_back.after) as changed
        ) as before
    from taken_back
)

insert into _rows
select
    judged.spectrum_key,
    coalesce(judged.name, judged.spectrum_key) as title,
    'undo' as kind,
    case
        when judged.is_gone or judged.edited is not null or judged.changed_by_run is not null then 'not ready'
        else 'ready'
    end as state,
    judged.record_id,
    judged.name as record_title,
    null as origin_id,
    coalesce(judged.before, '{}') as before,
    judged.after,
    jsonb_build_object('undoes', judged.kind, 'run_id', {{ "run" | bound }}::text) as spectrum,
    encode(
        sha256(
            convert_to(jsonb_build_array('undo', judged.record_id, judged.before, judged.after)::text, 'UTF8')
        ),
        'hex'
    ) as row_hash,
    null as score,
    '{}' as attributes,
    false as exact,
    false as tied,
    '[]' as candidates,
    case when judged.edited is not null or judged.changed_by_run is not null then 'N10' end as rule,
    judged.edited as field,
    null as value,
    case
        when judged.is_gone then 'Procore no longer has it'
        when judged.changed_by_run is not null then 'a later run has changed it: ' || judged.changed_by_run
        when judged.edited is not null then 'somebody has changed this in Procore since: ' || judged.edited
        else 'undoes the ' || judged.kind || ' of run ' || {{ "run" | bound }}::text
    end as reason,
    case
        when judged.changed_by_run is not null then 'undo that run first'
        when judged.edited is not null then 'change it in Procore by hand'
    end as remedy
from judged
