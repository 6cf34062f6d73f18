-- Billing items of the prime contract of a job: a change request can only change those that are there.
SELECT
    {{ columns }}
FROM dbo.CR_BID_ITEM_DES_MC AS t
WHERE
    {{ where }}
