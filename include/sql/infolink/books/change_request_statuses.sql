-- The status codes that the company defined for change requests.
SELECT
    {{ columns }}
FROM dbo.CR_CHNG_REQ_STATUS_MC AS t
WHERE
    {{ where }}
