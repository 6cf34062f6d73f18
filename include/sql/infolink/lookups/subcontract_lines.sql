-- Lines of a subcontract with one phase and cost type: different billing items make different lines.
SELECT
    {{ columns }}
FROM {{ table }} AS t
WHERE
    {{ where }}
