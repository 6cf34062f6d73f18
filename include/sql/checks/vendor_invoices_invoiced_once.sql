-- Invoices of one vendor and type whose numbers are the same but for spaces, signs, letter case and leading zeros: the
-- way in which an invoice is entered twice although its number is unique.
select
    vendor_code,
    invoice_type_code,
    string_agg(invoice_number, ', ' order by invoice_number) as invoice_numbers,
    sum(invoice_amount) - max(invoice_amount) as amount_of_others,
    count(*) as row_count
from {{ batch }}
where invoice_number ~ '[[:alnum:]]'
group by
    vendor_code,
    invoice_type_code,
    ltrim(upper(regexp_replace(invoice_number, '[^[:alnum:]]', '', 'g')), '0')
having count(*) > 1
