-- Lines of subcontracts. The job stands on the subcontract only. Subcontracts are grouped before they are joined, so
-- that no line is counted twice where the source holds a subcontract twice; one that is there for two jobs has none.
SELECT
    {{ columns }}
FROM {{ tables.i }} AS i
LEFT JOIN (
    SELECT
        {{ code(h.Vendor_Code) }} AS Vendor_Code,
        {{ code(h.Subcontract_Number) }} AS Subcontract_Number,
        {{ agreed.h }}
    FROM {{ tables.h }} AS h
    WHERE
        {{ company.h }}
    GROUP BY
        {{ code(h.Vendor_Code) }},
        {{ code(h.Subcontract_Number) }}
) AS h
    ON
        {{ code(i.Vendor_Code) }} = h.Vendor_Code
        AND {{ code(i.Subcontract_Number) }} = h.Subcontract_Number
WHERE
    {{ where.i }}
    {% if jobs %}
    AND {{ h.Job_Number }} COLLATE Latin1_General_BIN2 IN ({{ jobs }})
    {% endif %}
