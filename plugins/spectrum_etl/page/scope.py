"""What a request of the page is about: companies and objects, narrowed to what the user may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fastapi import HTTPException, status

from spectrum_etl.exports.objects.registry import NAMES as EXPORT_NAMES
from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.model import dag_ids
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS


def companies(asked: str | None) -> list[str]:
    """The company that is asked for, or all that are configured.

    Raises:
        HTTPException: 404, it is not configured.
    """
    return [company_code(asked)] if asked else [company.code for company in load_settings().companies]


def company_code(asked: str) -> str:
    """A company code that is asked for, as configured.

    Raises:
        HTTPException: 404, it is not configured.
    """
    known = [company.code for company in load_settings().companies]
    if asked.strip() not in known:
        detail = f"There is no company {asked[:20]!r}; companies: {', '.join(known)}."
        raise HTTPException(status.HTTP_404_NOT_FOUND, detail)
    return asked.strip()


def states_of_tab(tabs: Mapping[str, tuple[str, ...]], asked: str) -> list[str]:
    """The states behind a tab that is asked for.

    Raises:
        HTTPException: 404, there is no such tab.
    """
    if asked not in tabs:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no tab {asked!r}; tabs: {', '.join(tabs)}.")
    return list(tabs[asked])


def staged_objects(readable: frozenset[str], asked: str | None = None) -> list[str]:
    """The object that is staged from Spectrum and asked for, or all whose DAGs the user may view."""
    return _objects(OBJECTS, dag_ids.STAGE, readable, asked)


def export_objects(readable: frozenset[str], asked: str | None = None) -> list[str]:
    """The exportable object that is asked for, or all whose DAGs the user may view."""
    return _objects(EXPORT_NAMES, dag_ids.EXPORT, readable, asked)


def imported_objects(readable: frozenset[str], asked: str | None = None) -> list[str]:
    """The object that is imported into Procore and asked for, or all whose DAGs the user may view."""
    return _objects(IMPORTS, dag_ids.IMPORT, readable, asked)


def search_text(asked: str | None) -> str | None:
    """What is searched for, without blanks around it; None where nothing is."""
    return (asked or "").strip() or None


def tables_of(objects: Iterable[str]) -> dict[str, list[str]]:
    """The staged tables of objects, as two lists side by side: `objects` and `tables`."""
    pairs = [(name, table.name) for name in objects for table in OBJECTS[name].tables]
    return {"objects": [name for name, _ in pairs], "tables": [table for _, table in pairs]}


def require_dag(readable: frozenset[str], dag_id: str) -> None:
    """Refuse what belongs to a DAG that the user may not view.

    Raises:
        HTTPException: 403.
    """
    if dag_id not in readable:
        raise HTTPException(status.HTTP_403_FORBIDDEN, f"You may not view the DAG {dag_id}.")


def _objects(names: Iterable[str], prefix: str, readable: frozenset[str], asked: str | None) -> list[str]:
    known = list(names)
    if asked is None:
        return [name for name in known if prefix + name in readable]
    if asked not in known:
        raise HTTPException(
            status.HTTP_404_NOT_FOUND, f"There is no object {asked[:60]!r}; objects: {', '.join(known)}."
        )
    require_dag(readable, prefix + asked)
    return [asked]
