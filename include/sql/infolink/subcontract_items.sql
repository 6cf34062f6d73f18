-- Lines of subcontracts. The job stands on the subcontract only. Subcontracts are grouped before they are joined, so
-- that no line is counted twice where the source holds a subcontract twice; one that is there for two jobs has none.
SELECT
    {{ columns }}
FROM dbo.VN_SUBCONTRACT_PHASE_MC AS i
LEFT JOIN (
    SELECT
        LTRIM(RTRIM(h.Vendor_Code)) COLLATE Latin1_General_BIN2 AS Vendor_Code,
        LTRIM(RTRIM(h.Subcontract_Number)) COLLATE Latin1_General_BIN2 AS Subcontract_Number,
        {{ agreed.h }}
    FROM dbo.VN_SUBCONTRACT_MC AS h
    WHERE
        {{ company.h }}
    GROUP BY
        LTRIM(RTRIM(h.Vendor_Code)) COLLATE Latin1_General_BIN2,
        LTRIM(RTRIM(h.Subcontract_Number)) COLLATE Latin1_General_BIN2
) AS h
    ON
        LTRIM(RTRIM(i.Vendor_Code)) COLLATE Latin1_General_BIN2 = h.Vendor_Code
        AND LTRIM(RTRIM(i.Subcontract_Number)) COLLATE Latin1_General_BIN2 = h.Subcontract_Number
WHERE
    {{ where.i }}
    {% if jobs %}
    AND h.Job_Number COLLATE Latin1_General_BIN2 IN ({{ jobs }})
    {% endif %}
