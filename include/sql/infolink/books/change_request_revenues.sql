-- The revenue side of a line of a change request.
SELECT
    {{ columns }}
FROM dbo.CR_CHNG_REQ_REV_MC AS t
WHERE
    {{ where }}
