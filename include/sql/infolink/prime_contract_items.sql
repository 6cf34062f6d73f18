-- Schedules of values: one row a billing item of a prime contract.
SELECT
    {{ columns }}
FROM dbo.CR_BID_ITEM_DES_MC AS i
WHERE
    {{ where.i }}
