-- Standard phases of all phase categories; which category Procore gets is decided in the warehouse.
SELECT
    {{ columns }}
FROM dbo.JC_STD_PHASE_DESCRIPTION_MC AS s
WHERE
    {{ where.s }}
