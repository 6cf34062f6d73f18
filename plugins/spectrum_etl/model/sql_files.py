"""The SQL files below `include/sql`, with names and lists filled in; values are bound by the driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import jinja2

SQL_FOLDER = Path(__file__).resolve().parents[3] / "include" / "sql"


class SqlFiles:
    """The templates of one folder, with what they may call.

    Args:
        folder: below `include/sql`; empty for all of it.
        filters, functions: by the names that the templates use.
    """

    def __init__(
        self,
        folder: str = "",
        *,
        filters: Mapping[str, Callable[..., str]] | None = None,
        functions: Mapping[str, Callable[..., str]] | None = None,
    ) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(SQL_FOLDER / folder),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        self._environment.filters.update(filters or {})
        self._environment.globals.update(functions or {})

    def render(self, name: str, /, **context: object) -> str:
        """A file, filled in.

        Args:
            name: its path below the folder.
            context: what the template uses; a name it uses that is missing is an error, never an empty text.
        """
        return self._environment.get_template(name).render(**context)
