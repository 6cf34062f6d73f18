-- The cost side of a line of a change request.
SELECT
    {{ columns }}
FROM dbo.CR_CHNG_REQ_CON_DET_MC AS t
WHERE
    {{ where }}
