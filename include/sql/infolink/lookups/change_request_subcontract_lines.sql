-- The subcontract side of a line of a change request: it ends up in the subcontract change order log.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
