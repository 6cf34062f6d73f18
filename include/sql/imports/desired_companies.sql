-- What Procore's directory should hold: one row a vendor that Spectrum has, by its code. Vendors that are inactive or
-- take no new business, or are of a type that is not imported, are not offered as new companies (C6); linked ones still
-- follow. Procore takes states as ISO 3166 codes only: a state that is neither one of the United States nor a province of
-- Canada is left out, and the row says so.
with staged as (
    select
        vendors.*,
        btrim(vendors.vendor_code) as code,
        nullif(upper(btrim(vendors.state)), '') as state_given
    from {{ staged | ident }} as vendors
    where
        vendors.company_code = {{ "company" | bound }}
        and vendors._deleted_at is null
        and ({{ "keys" | bound }}::text [] is null or lower(btrim(vendors.vendor_code)) = any({{ "keys" | bound }}::text []))
)

select
    staged.code as spectrum_key,
    coalesce(nullif(btrim(staged.vendor_name), ''), staged.code) as title,
    coalesce(staged.status, 'A') not in ('I', 'N')
    and case
        when nullif(btrim(staged.type), '') is null then {{ "without_type" | bound }}::boolean
        else cardinality({{ "types" | bound }}::text []) = 0 or btrim(staged.type) = any({{ "types" | bound }}::text [])
    end as is_offered,
    case
        when staged.state_given is not null and procore.country_of(staged.state_given) is null
            then 'state ' || staged.state_given || ' is none that Procore knows, and is left out'
    end as note,
    null::jsonb as refusal,
    jsonb_build_object(
        'name', nullif(btrim(staged.vendor_name), ''),
        'abbreviated_name', staged.code,
        'address', nullif(
            concat_ws(E'\n', nullif(btrim(staged.address_1), ''), nullif(btrim(staged.address_2), '')), ''
        ),
        'city', nullif(btrim(staged.city), ''),
        'state_code', case when procore.country_of(staged.state_given) is not null then staged.state_given end,
        'country_code', procore.country_of(staged.state_given),
        'zip', nullif(btrim(staged.zip_code), ''),
        'business_phone', nullif(btrim(staged.phone), ''),
        'fax_number', nullif(btrim(staged.fax_phone), ''),
        'email_address', nullif(btrim(staged.vendor_email), '')
    ) as fields
from staged
