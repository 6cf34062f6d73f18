-- What a landed table holds, whatever the order of its rows: their number, and two sums of 64-bit hashes of the whole
-- row. Sums, because equal rows must not cancel each other; two, because 64 bits are few.
select
    count(*),
    coalesce(sum(hashtextextended(landed::text, 0)::numeric), 0)::text,
    coalesce(sum(hashtextextended(landed::text, 1)::numeric), 0)::text
from {{ landing | ident }} as landed
