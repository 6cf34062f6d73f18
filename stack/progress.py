"""Tells what `make demo` is doing: a live table in a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

_ENDED = ("success", "failed")
_LINE_SECONDS = 5
_STYLES = {"success": "green", "failed": "red", "running": "cyan"}


@dataclass(frozen=True)
class DagProgress:
    """How far one DAG's run is.

    Args:
        state: Airflow's state of the run.
        done: tasks that have ended.
        tasks: tasks known so far (mapped ones appear as they are expanded).
        now: the tasks at work, or what they wait for.
        seconds: since the run began.
    """

    state: str
    done: int
    tasks: int
    now: str
    seconds: float


class Progress:
    """Prints steps with the time since the start, and a board of DAG runs.

    Args:
        console: where to print; whether it is a terminal decides between a live table and lines.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def say(self, text: str) -> None:
        """Print one line about what is happening now."""
        self.console.print(f"[dim]{self.seconds:6.1f} s[/dim]  {escape(text)}", highlight=False)

    @contextmanager
    def board(self, title: str = "staging") -> Iterator["Board"]:
        """Show DAG runs until the block is left.

        Args:
            title: of the table, in a terminal.
        """
        if not self.console.is_terminal:
            yield Board(self, None)
            return
        with Live(console=self.console, refresh_per_second=4) as live:
            yield Board(self, live, title)


class Board:
    """The DAG runs' states: redrawn in a terminal; elsewhere lines, when a run ends and now and then."""

    def __init__(self, progress: Progress, live: Live | None, title: str = "") -> None:
        self._progress = progress
        self._title = title
        self._live = live
        self._ended: set[str] = set()
        self._last_line = 0.0

    def tell(self, text: str) -> None:
        """Print a line about something that happened; in a terminal it appears above the table."""
        self._progress.say(text)

    def show(self, dags: Mapping[str, DagProgress]) -> None:
        """Show how far each DAG is.

        Args:
            dags: by DAG id, in the order to show.
        """
        if self._live is not None:
            self._live.update(self._table(dags))
            return
        for dag_id, dag in dags.items():
            if dag.state in _ENDED and dag_id not in self._ended:
                self._ended.add(dag_id)
                self._progress.say(f"{dag_id}: {dag.state}, {dag.tasks} tasks in {dag.seconds:.1f} s")
        if len(self._ended) < len(dags) and self._progress.seconds - self._last_line >= _LINE_SECONDS:
            self._last_line = self._progress.seconds
            now = [dag_id for dag_id, dag in dags.items() if dag.now]
            self._progress.say(f"{len(self._ended)} of {len(dags)} ended; at work: {', '.join(now) or 'none yet'}")

    def _table(self, dags: Mapping[str, DagProgress]) -> Table:
        table = Table(title=f"{self._title}, {self._progress.seconds:.0f} s", title_justify="left")
        for heading in ("DAG", "state", "tasks", "now"):
            table.add_column(heading)
        table.add_column("seconds", justify="right")
        for dag_id, dag in dags.items():
            style = _STYLES.get(dag.state, "")
            state = f"[{style}]{dag.state}[/{style}]" if style else dag.state
            table.add_row(dag_id, state, f"{dag.done}/{dag.tasks}", escape(dag.now), f"{dag.seconds:.1f}")
        return table
