-- A row if the newest sync of payables was shown vendor invoices and no payments: then nobody knows what is paid.
create temporary table _payments_not_shown on commit drop as
select landings.landing_id
from sync.landings as landings
where
    landings.landing_id = (
        select max(published.landing_id)
        from sync.landings as published
        where
            published.object_name = 'payables'
            and published.company_code = {{ "company_code" | bound }}
            and published.state in ('published', 'unchanged')
    )
    and exists (
        select 1 from sync.landing_tables as landed
        where landings.landing_id = landed.landing_id and landed.table_name = 'vendor_invoices'
    )
    and not exists (
        select 1 from sync.landing_tables as landed
        where landings.landing_id = landed.landing_id and landed.table_name = 'vendor_payments'
    )
