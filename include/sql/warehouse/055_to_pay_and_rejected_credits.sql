-- What is retained is not to be paid: without it nobody knows what is. A credit takes off what the figures lack.
comment on column marts.subcontract_status.to_pay is
'invoiced - paid - retained: what is invoiced, neither paid nor held back; null where one of them is not shown. A discount '
'that was taken is still in it, where Spectrum''s total_paid is without it';

comment on column marts.rejected_amounts.rejected_amount is
'Sum of what the rejected rows hold in Spectrum, of vendors'' credits and payments on them below 0; null where the table has '
'no amounts';
comment on column marts.rejected_amounts.kept_amount is
'Sum of what those are still counted with, signed likewise';
