"""One message to people. Made by `runs`, `digest` and `late`, delivered by `deliver`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from spectrum_etl.model.display import visible
from spectrum_etl.settings.notifications import Event

#: What the link to the page is called.
ON_THE_PAGE = "On the page ERP Integrations"

#: Lines of a message about one run, and of one that is sent once a day.
MAX_LINES = 20
MAX_DAILY_LINES = 60


@dataclass(frozen=True)
class Message:
    """A message in plain text; channels add their own form.

    Args:
        events: what it is about, the gravest first; it is sent if one of them is among those of the settings.
        title: one line: what happened, to which object.
        lines: the facts, one a line: company, counts, reasons.
        remedy: what to do.
        link: the run in Airflow; blank where there is none.
        page: what it is about on the page ERP Integrations; blank where there is none. The message begins with it.
    """

    events: tuple[Event, ...]
    title: str
    lines: tuple[str, ...]
    remedy: str
    link: str = ""
    page: str = ""

    def __post_init__(self) -> None:
        # Names come from two other systems, whose users type anything.
        object.__setattr__(self, "title", visible(self.title))
        object.__setattr__(self, "lines", tuple(map(visible, self.lines)))

    @property
    def text(self) -> str:
        """The whole message."""
        opened = [f"{ON_THE_PAGE}: {self.page}", ""] if self.page else []
        parts = [self.title, "", *opened, *self.lines]
        if self.remedy:
            parts += ["", f"What to do: {self.remedy}"]
        if self.link:
            parts += ["", self.link]
        return "\n".join(parts)


def dag_link(airflow_url: str, dag_id: str, run_id: str | None = None) -> str:
    """The address of a DAG, or of one of its runs, in Airflow's UI.

    Args:
        airflow_url: where Airflow's UI is; blank where Airflow does not know.
        dag_id: the DAG.
        run_id: the run; None for the DAG.

    Returns:
        Blank without `airflow_url`.
    """
    if not airflow_url:
        return ""
    dag = f"{airflow_url}/dags/{quote(dag_id, safe='')}"
    return f"{dag}/runs/{quote(run_id, safe='')}" if run_id else dag


def shortened(lines: list[str], max_lines: int, rest: str) -> tuple[str, ...]:
    """The first lines, and how many more there are.

    Args:
        lines: all of them.
        max_lines: how many are shown.
        rest: where the others are found.
    """
    left = len(lines) - max_lines
    return tuple(lines) if left <= 0 else (*lines[:max_lines], f"... and {left} more: {rest}")
