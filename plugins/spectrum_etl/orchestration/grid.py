"""The names that mapped tasks have in Airflow's grid."""

from __future__ import annotations

from airflow.sdk import Context

from spectrum_etl.settings import Company

#: Most characters of a name: Airflow's `rendered_map_index` is varchar(250), and a task with a longer one fails after
#: its work was done.
_LONGEST = 200
#: The name of a task of one company; `name_company` fills it in when the task runs.
OF_COMPANY = "{{ company }}"


def grid_name(title: str) -> str:
    """A title that the grid can hold."""
    return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"


def company_name(company: Company) -> str:
    """A company's code and name, as the grid shows them."""
    return grid_name(f"{company.code} {company.name}")


def name_company(context: Context, company: Company) -> None:
    """Give the running task the name of its company."""
    context["company"] = company_name(company)  # type: ignore[typeddict-unknown-key]
