-- What Procore's directory should hold: one row a vendor that Spectrum has, by its code. Vendors that are inactive or
-- take no new business, or are of a type that is not imported, are not offered as new companies (C6); linked ones still
-- follow. Procore takes states as ISO 3166 codes only: a state that is neither one of the United States nor a province of
-- Canada is left out, and the row says so.
with states (country_code, state_code) as (
    select
        listed.country_code,
        unnest(string_to_array(listed.codes, ' '))
    from (
        values
        (
            'US',
            'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK '
            || 'OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR UM VI'
        ),
        ('CA', 'AB BC MB NB NL NS NT NU ON PE QC SK YT')
    ) as listed (country_code, codes)
),

staged as (
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
        when staged.state_given is not null and states.state_code is null
            then 'state ' || staged.state_given || ' is none that Procore knows, and is left out'
    end as note,
    jsonb_build_object(
        'name', nullif(btrim(staged.vendor_name), ''),
        'abbreviated_name', staged.code,
        'address', nullif(
            concat_ws(E'\n', nullif(btrim(staged.address_1), ''), nullif(btrim(staged.address_2), '')), ''
        ),
        'city', nullif(btrim(staged.city), ''),
        'state_code', states.state_code,
        'country_code', states.country_code,
        'zip', nullif(btrim(staged.zip_code), ''),
        'business_phone', nullif(btrim(staged.phone), ''),
        'fax_number', nullif(btrim(staged.fax_phone), ''),
        'email_address', nullif(btrim(staged.vendor_email), '')
    ) as fields
from staged
left join states on staged.state_given = states.state_code
