-- Lines of a subcontract with one phase and cost type: different billing items make different lines.
SELECT
    {{ columns }}
FROM dbo.VN_SUBCONTRACT_PHASE_MC AS t
WHERE
    {{ where }}
