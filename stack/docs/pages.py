"""Which generated part stands on which page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from stack.docs import access, dags, exports, imports, into_procore
from stack.docs.markdown import fill
from stack.paths import project_paths

#: How to renew them; the tests name it.
COMMAND = ".venv/bin/python -m stack.docs"
ROOT: Path = project_paths().project

#: Page -> name of the part -> what makes it.
BLOCKS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "README.md": {"dags": lambda: dags.dag_table(ROOT / "dags")},
    "docs/setup.md": {
        "reading-services": access.reading_services,
        "writing-services": access.writing_services,
        "infolink-tables": access.infolink_tables,
    },
    "docs/mappings.md": {"staged": imports.mapping, "exported": exports.mapping, "rules": exports.rules},
    "docs/into-procore.md": {"imported": into_procore.mapping},
    "docs/errors.md": {"checks": imports.checks},
}


def renewed(page: str) -> str:
    """A page with its generated parts as the code says now.

    Args:
        page: path from the project's folder.
    """
    made = {name: make() for name, make in BLOCKS[page].items()}
    return fill((ROOT / page).read_text(encoding="utf-8"), made)
