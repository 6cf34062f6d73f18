-- How cost at completion is decided: for job_cost_summary, and for the WIP schedule as known then.

{% macro entered_projection() -%}
-- Spectrum keeps 0 where nobody has projected. GetPhase's figure holds where it is read; else what the entered increments
        -- add up to, unless Spectrum works the projection out itself.
        nullif(
            coalesce(
                total.projected_cost,
                case when budget.projection_worked_out is not true then projection.projected_cost end
            ),
            0
        )
{%- endmacro %}

{% macro at_completion() -%}
projected as (
    select
        joined.*,
        coalesce(
            joined.entered_projection, greatest(joined.current_estimate, joined.actual_cost)
        ) as projected_cost
    from joined
),

-- Nobody keeps every projection up to date, and a job is not cheaper than what it has cost. A complete job costs what
-- it has cost, whatever was projected.
at_completion as (
    select
        projected.*,
        case
            when projected.job_complete then projected.actual_cost
            else greatest(projected.projected_cost, projected.actual_cost)
        end as cost_at_completion
    from projected
)
{%- endmacro %}
