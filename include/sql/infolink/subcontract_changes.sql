-- Lines of subcontract change orders, with the status that their change request has for the subcontract. Headers are
-- grouped before they are joined, so that no line is counted twice; of two different statuses neither is taken. A site
-- may lack a column of either table: what both have joins them, and a status counts where all those headers agree.
{% set keys = ["Job_Number", "Change_Request_Number", "Vendor_Code", "Subcontract_Number"] %}
{% set shared = keys | select("in", d) | select("in", h) | list %}
SELECT
    {{ columns }}
FROM {{ tables.d }} AS d
{% if uses.h and shared %}
LEFT JOIN (
    SELECT
        {% for key in shared %}
        {{ code(h[key]) }} AS {{ key }},
        {% endfor %}
        {{ agreed.h }}
    FROM {{ tables.h }} AS h
    WHERE
        {{ where.h }}
    GROUP BY
        {% for key in shared %}
        {{ code(h[key]) }}{{ "," if not loop.last }}
        {% endfor %}
) AS h
    ON
        {% for key in shared %}
        {{ "AND " if not loop.first }}{{ code(d[key]) }} = h.{{ key }}
        {% endfor %}
{% elif uses.h %}
CROSS JOIN (
    SELECT
        {{ agreed.h }}
    FROM {{ tables.h }} AS h
    WHERE
        {{ where.h }}
) AS h
{% endif %}
WHERE
    {{ where.d }}
