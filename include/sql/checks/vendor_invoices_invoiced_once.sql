-- Invoices of one vendor and type whose numbers are the same but for spaces, signs, letter case and leading zeros: the
-- way in which an invoice is entered twice although its number is unique. A sign between digits tells numbers apart.
with spelled as (
    select
        vendor_code,
        invoice_type_code,
        invoice_number,
        invoice_amount,
        regexp_replace(
            regexp_replace(upper(invoice_number), '(?<=[0-9])(\W|_)+(?=[0-9])', '~', 'g'),
            '(?!~)(\W|_)', '', 'g'
        ) as bare_number
    from {{ batch }}
)

select
    vendor_code,
    invoice_type_code,
    string_agg(invoice_number, ', ' order by invoice_number) as invoice_numbers,
    sum(invoice_amount) - max(invoice_amount) as amount_of_others,
    count(*) as row_count
from spelled
where bare_number ~ '[^~]'
group by
    vendor_code,
    invoice_type_code,
    regexp_replace(bare_number, '(^|[^0-9])0+(?=[0-9])', '\1', 'g')
having count(*) > 1
