-- What a plan has to do or to say, one row a record of Spectrum: its desired state beside the record of Procore that it is
-- linked to, or that was chosen for it. A record for which there is nothing to do has no row.
with linked as (
    select
        links.record_id,
        links.spectrum_key,
        lower(btrim(links.spectrum_key)) as compared
    from export.links
    where
        links.object_name = {{ "object" | bound }}
        and links.company_code = {{ "company" | bound }}
        and links.unlinked_at is null
        and links.clash = 0
        and ({{ "keys" | bound }}::text [] is null or lower(btrim(links.spectrum_key)) = any({{ "keys" | bound }}::text []))
),

held as (
    select *
    from procore.records
    where
        object_name = {{ "object" | bound }}
        and company_code = {{ "company" | bound }}
        and gone_at is null
),

-- What exports are at work on: an approver is asked about it, or it is on its way to Spectrum (A1).
exported as (
    select
        queue.record_id,
        null as compared,
        queue.title || ' is being exported (' || queue.state || ')' as said
    from export.queue
    where
        queue.object_name = {{ "object" | bound }}
        and queue.company_code = {{ "company" | bound }}
        and queue.state in ('waiting', 'sending', 'unknown', 'sent', 'confirmed')
    union all
    select
        claims.record_id,
        claims.compared,
        claims.title || ', accepted by ' || claims.claimed_by_name || ', is exported as ' || claims.key as said
    from export.claims
    where
        claims.object_name = {{ "object" | bound }}
        and claims.company_code = {{ "company" | bound }}
        and claims.space = {{ "space" | bound }}
        and claims.plan_row_id is null
        and not claims.linked
        and not claims.duplicate
),

wanted as (
    select
        desired.*,
        lower(desired.spectrum_key) as compared,
        export.compared({{ "space" | bound }}, desired.spectrum_key) as claimed_as,
        count(*) over (partition by lower(desired.spectrum_key)) as spellings
    from _desired as desired
),

marked as (
    select
        held.*,
        -- By another integration, which left its id there.
        procore.is_foreign(held.origin_id, {{ "own" | bound }}::text []) as is_foreign
    from held
),

unlinked as (
    select
        wanted.*,
        coalesce(chosen.record_id, '') as record_id,
        held.name as record_title,
        held.fields as held_fields,
        held.is_active,
        held.origin_id as held_origin,
        held.origin_code as held_code,
        chosen.score,
        coalesce(chosen.attributes, '{}') as attributes,
        -- A record of the same name that was something else to the other integration is looked at by a person (N12).
        coalesce(chosen.exact, false)
        and (chosen.by_erp_id or not coalesce(held.is_foreign, false) or held.origin_code is null) as exact,
        coalesce(chosen.tied, false) as tied,
        coalesce(chosen.by_erp_id, false) as by_erp_id,
        coalesce(held.is_foreign, false) and {{ "taking_over" | bound }}::boolean as is_taken_over,
        wanted.fields ->> 'name' is null
        and not (coalesce(held.is_foreign, false) and {{ "taking_over" | bound }}::boolean) as is_nameless,
        coalesce(chosen.candidates, '[]') as candidates,
        -- In one case: look-ups by origin id are known to break on mixed case.
        coalesce(
            case when not held.is_foreign then nullif(held.origin_id, '') end,
            'spectrum:' || {{ "company" | bound }}::text || ':' || upper(wanted.spectrum_key)
        ) as origin_id,
        -- A person may choose any record: one that carries another origin id is somebody else's.
        upper(held.origin_id) not in (
            'SPECTRUM:' || upper({{ "company" | bound }}::text) || ':' || upper(wanted.spectrum_key),
            upper({{ "company" | bound }}::text) || ':' || upper(wanted.spectrum_key)
        )
        and not (coalesce(held.is_foreign, false) and {{ "taking_over" | bound }}::boolean) as is_marked_otherwise,
        (
            select min(exported.said)
            from exported
            where exported.compared = wanted.claimed_as or exported.record_id = chosen.record_id
        ) as exported_as
    from wanted
    left join _chosen as chosen on wanted.spectrum_key = chosen.spectrum_key
    left join marked as held on chosen.record_id = held.record_id
    where
        -- What the other integration had linked is taken over whether it is offered or not: exports need the pair.
        (wanted.is_offered or coalesce(chosen.by_erp_id, false))
        and not exists (select from linked where linked.compared = wanted.compared)
),

new as (
    select
        unlinked.spectrum_key,
        unlinked.title,
        case
            when
                unlinked.refusal is not null
                or unlinked.spellings > 1
                or unlinked.is_nameless
                or unlinked.is_marked_otherwise
                then 'refused'
            when unlinked.exported_as is not null then 'waits'
            when unlinked.record_id != '' and unlinked.record_title is null then 'gone'
            when unlinked.is_taken_over then 'take over'
            when unlinked.record_id != '' then 'link'
            else 'create'
        end as kind,
        unlinked.record_id,
        unlinked.record_title,
        unlinked.origin_id,
        case
            -- One that is gone holds nothing.
            when unlinked.record_title is not null
                then unlinked.held_fields
                    || jsonb_build_object(
                        'is_active', unlinked.is_active,
                        'origin_id', unlinked.held_origin,
                        'origin_code', unlinked.held_code
                    )
            else '{}'::jsonb
        end as before,
        case
            when unlinked.record_id != ''
                then jsonb_build_object('origin_id', unlinked.origin_id, 'origin_code', unlinked.spectrum_key)
            else jsonb_strip_nulls(unlinked.fields) || jsonb_build_object(
                'origin_id', unlinked.origin_id, 'origin_code', unlinked.spectrum_key, 'is_active', true
            )
        end as after,
        unlinked.fields as spectrum,
        unlinked.score,
        unlinked.attributes,
        unlinked.exact,
        unlinked.tied,
        unlinked.candidates,
        false as is_conflict,
        case
            when unlinked.refusal is not null then unlinked.refusal ->> 'rule'
            when unlinked.spellings > 1 then 'A1'
            when unlinked.is_nameless then {{ "named_by" | bound }}::text
            when unlinked.is_marked_otherwise then 'N1'
        end as rule,
        case
            when unlinked.refusal is not null then unlinked.refusal ->> 'field'
            when unlinked.spellings > 1 then {{ "key_column" | bound }}::text
            when unlinked.is_nameless then {{ "name_column" | bound }}::text
            when unlinked.is_marked_otherwise then 'origin_id'
        end as field,
        case
            when unlinked.refusal is not null then unlinked.refusal ->> 'value'
            when unlinked.spellings > 1 then unlinked.spectrum_key
            when unlinked.is_nameless then ''
            when unlinked.is_marked_otherwise then unlinked.held_origin
        end as value,
        case
            when unlinked.refusal is not null then unlinked.refusal ->> 'reason'
            when unlinked.spellings > 1
                then 'another ' || {{ "title" | bound }}::text || ' has the same code in other letters'
            when unlinked.is_nameless then 'the ' || {{ "title" | bound }}::text || ' has no name'
            when unlinked.is_marked_otherwise
                then {{ "procore_title" | bound }}::text || ' ' || unlinked.record_id || ' carries the origin id of another record'
            when unlinked.exported_as is not null then unlinked.exported_as
            when unlinked.record_id != '' and unlinked.record_title is null
                then 'Procore no longer shows ' || {{ "procore_title" | bound }}::text || ' ' || unlinked.record_id
            when unlinked.is_taken_over
                then nullif(
                    concat_ws(
                        '; ',
                        case when unlinked.tied and unlinked.by_erp_id then 'several carry this ERP id' end,
                        case
                            when not unlinked.by_erp_id and unlinked.held_code is not null
                                then 'its ERP id is ' || unlinked.held_code || ', which Spectrum does not have'
                        end,
                        case
                            when lower(btrim(unlinked.record_title)) != lower(btrim(unlinked.title))
                                then 'Procore calls it ' || unlinked.record_title
                        end
                    ),
                    ''
                )
            else
                nullif(
                    concat_ws('; ', unlinked.note, case when unlinked.record_id = '' then unlinked.note_if_new end), ''
                )
        end as reason,
        case
            when unlinked.refusal is not null then unlinked.refusal ->> 'remedy'
            when unlinked.spellings > 1 then 'give one of the two another code in Spectrum'
            when unlinked.is_nameless then 'name the ' || {{ "title" | bound }}::text || ' in Spectrum'
            when unlinked.is_marked_otherwise then 'choose another ' || {{ "procore_title" | bound }}::text
            when unlinked.exported_as is not null then 'wait until that export has ended, or take the record out of it'
            when unlinked.record_id != '' and unlinked.record_title is null
                then 'choose another ' || {{ "procore_title" | bound }}::text || ', or plan again'
        end as remedy
    from unlinked
),

-- A linked record follows what changed in Spectrum since it was linked, field by field; never a difference that was
-- there at the link (C3, N4).
changes as (
    select
        linked.record_id,
        wanted.spectrum_key,
        wanted.title,
        held.name as record_title,
        held.origin_id,
        jsonb_object_agg(followed.field, held.fields -> followed.field) as before,
        jsonb_object_agg(followed.field, wanted.fields -> followed.field) as after,
        wanted.fields as spectrum,
        string_agg(followed.field, ', ' order by followed.field) filter (
            where
                held.fields -> followed.field is distinct from held.followed -> followed.field
                -- What Procore made of a value itself, nobody has changed.
                and (
                    not coalesce(held.followed -> 'answered' ? followed.field, false)
                    or held.fields -> followed.field is distinct from held.followed -> 'answered' -> followed.field
                )
        ) as edited
    from wanted
    inner join linked on wanted.compared = linked.compared
    inner join held on linked.record_id = held.record_id
    cross join unnest({{ "followed" | bound }}::text []) as followed (field)
    where
        held.followed ->> 'spectrum_key' = linked.compared
        and wanted.fields -> followed.field is distinct from held.followed -> followed.field
        and wanted.fields -> followed.field is distinct from held.fields -> followed.field
        -- A record of Procore always has a name.
        and not (followed.field = 'name' and wanted.fields -> followed.field = 'null'::jsonb)
    group by
        linked.record_id, wanted.spectrum_key, wanted.title, held.name, held.origin_id, wanted.fields
),

parted as (
    select
        linked.record_id,
        linked.spectrum_key,
        held.name as record_title,
        wanted.title,
        wanted.fields,
        wanted.spectrum_key is null as spectrum_lacks,
        held.record_id is null as procore_lacks,
        -- One that was merged into another leaves its origin id there.
        case
            when held.record_id is null
                then (
                    select min(other.record_id || ' (' || other.name || ')')
                    from held as other
                    where
                        upper(other.origin_id) in (
                            'SPECTRUM:' || upper({{ "company" | bound }}::text) || ':' || upper(btrim(linked.spectrum_key)),
                            upper({{ "company" | bound }}::text) || ':' || upper(btrim(linked.spectrum_key))
                        )
                )
        end as survivor
    from linked
    left join wanted on linked.compared = wanted.compared
    left join held on linked.record_id = held.record_id
    where wanted.spectrum_key is null or held.record_id is null
),

found as (
    select * from new
    union all
    select
        changes.spectrum_key,
        changes.title,
        'update' as kind,
        changes.record_id,
        changes.record_title,
        changes.origin_id,
        changes.before,
        changes.after,
        changes.spectrum,
        null::numeric as score,
        '{}'::text [] as attributes,
        false as exact,
        false as tied,
        '[]'::jsonb as candidates,
        changes.edited is not null as is_conflict,
        null as rule,
        null as field,
        null as value,
        'somebody has changed this in Procore since it was last written or linked: ' || changes.edited as reason,
        case when changes.edited is not null then 'accept it to overwrite that, or leave it out' end as remedy
    from changes
    union all
    select
        parted.spectrum_key,
        coalesce(parted.title, parted.record_title, parted.spectrum_key) as title,
        -- The account may not be permitted to see it yet: that resolves itself, and nothing is to be done here (D1).
        case when parted.procore_lacks and {{ "may_be_hidden" | bound }}::boolean then 'waits' else 'gone' end as kind,
        parted.record_id,
        parted.record_title,
        null as origin_id,
        '{}'::jsonb as before,
        '{}'::jsonb as after,
        coalesce(parted.fields, '{}') as spectrum,
        null as score,
        '{}' as attributes,
        false as exact,
        false as tied,
        '[]' as candidates,
        false as is_conflict,
        null as rule,
        null as field,
        null as value,
        case
            when parted.procore_lacks and {{ "may_be_hidden" | bound }}::boolean
                then 'waiting for permission: Procore does not show the service account '
                    || {{ "procore_title" | bound }}::text || ' ' || parted.record_id || ', which is linked to it'
            when parted.survivor is not null
                then 'Procore no longer shows ' || {{ "procore_title" | bound }}::text || ' ' || parted.record_id
                    || ', which is linked to it: it was merged into ' || parted.survivor || ', which carries its origin id now'
            when parted.procore_lacks
                then 'Procore no longer shows ' || {{ "procore_title" | bound }}::text || ' ' || parted.record_id
                    || ', which is linked to it: it was merged into another, or deleted'
            else 'Spectrum no longer has it; ' || {{ "procore_title" | bound }}::text || ' ' || parted.record_id || ' stays linked to it'
        end as reason,
        case
            when parted.procore_lacks and {{ "may_be_hidden" | bound }}::boolean
                then 'add the service account to it in Procore; if it was deleted, end the link with unlink_export'
            when parted.procore_lacks
                then 'end the link with unlink_export; the next plan offers the ' || {{ "title" | bound }}::text || ' again'
            else 'end the link with unlink_export'
        end as remedy
    from parted
)

insert into _rows
select
    found.spectrum_key,
    found.title,
    found.kind,
    case
        when found.kind in ('refused', 'waits', 'gone') then 'not ready'
        when left_out.spectrum_key is not null then 'left out'
        when found.is_conflict or (found.kind in ('link', 'take over') and (found.tied or not found.exact)) then 'suggested'
        else 'ready'
    end as state,
    found.record_id,
    found.record_title,
    found.origin_id,
    found.before,
    found.after,
    found.spectrum,
    encode(
        sha256(
            convert_to(
                jsonb_build_array(
                    found.kind, found.record_id,
                    -- An inactive record is made active first: when that is interrupted, the decision still holds.
                    found.before - 'is_active', found.after,
                    case
                        when found.kind in ('create', 'link') then found.spectrum
                        -- No field of it is written: only what it is.
                        when found.kind = 'take over' then found.spectrum -> 'name'
                    end
                )::text,
                'UTF8'
            )
        ),
        'hex'
    ) as row_hash,
    found.score,
    found.attributes,
    found.exact,
    found.tied,
    found.candidates,
    found.rule,
    found.field,
    found.value,
    found.reason,
    found.remedy
from found
left join procore.left_out
    on
        left_out.object_name = {{ "object" | bound }}
        and left_out.company_code = {{ "company" | bound }}
        and found.spectrum_key = left_out.spectrum_key
