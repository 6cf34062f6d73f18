-- The subcontract side of a line of a change request: it ends up in the subcontract change order log.
SELECT
    {{ columns }}
FROM dbo.VN_CHNG_REQ_SUB_DET AS t
WHERE
    {{ where }}
