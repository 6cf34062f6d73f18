-- The state of everything that a plan is made of. While it is the same, the plan is the same, and nothing is looked at.
select
    encode(
        sha256(
            convert_to(
                jsonb_build_array(
                    {{ "settings" | bound }}::text,
                    (
                        select jsonb_build_array(count(*), max(_changed_at), max(_deleted_at))
                        from {{ staged | ident }}
                        where company_code = {{ "company" | bound }}
                    ),
                    (
                        select jsonb_build_array(count(*), max(changed_at), max(gone_at))
                        from procore.records
                        where object_name = {{ "object" | bound }} and company_code = {{ "company" | bound }}
                    ),
                    (
                        select facts
                        from procore.looks
                        where object_name = {{ "object" | bound }} and company_code = {{ "company" | bound }}
                    ),
                    (
                        select jsonb_build_array(count(*), max(link_id), max(linked_at), max(unlinked_at))
                        from export.links
                        where object_name = {{ "object" | bound }} and company_code = {{ "company" | bound }}
                    ),
                    (
                        select jsonb_build_array(count(*), max(claim_id))
                        from export.claims
                        where
                            object_name = {{ "object" | bound }}
                            and company_code = {{ "company" | bound }}
                            and plan_row_id is null
                            and not linked
                    ),
                    (
                        select jsonb_build_array(count(*), max(changed_at))
                        from export.queue
                        where
                            object_name = {{ "object" | bound }}
                            and company_code = {{ "company" | bound }}
                            and state in ('waiting', 'sending', 'unknown', 'sent', 'confirmed')
                    ),
                    (
                        select jsonb_build_array(count(*), max(left_out_at))
                        from procore.left_out
                        where object_name = {{ "object" | bound }} and company_code = {{ "company" | bound }}
                    ),
                    (
                        select jsonb_build_array(count(*), max(plan_rows.changed_at))
                        from procore.plan_rows
                        where
                            plan_rows.object_name = {{ "object" | bound }}
                            and plan_rows.company_code = {{ "company" | bound }}
                            and plan_rows.state in ('applied', 'failed', 'put back')
                    )
                )::text,
                'UTF8'
            )
        ),
        'hex'
    )
