"""Every column that the reference names is read, or known (M4); what is personal is never read (M9)."""

from pathlib import Path

import pytest
import yaml

from spectrum_etl.sources.infolink.published import KNOWN, NEVER_READ
from spectrum_etl.staging.objects import OBJECTS

REFERENCE = Path(__file__).parents[3] / "sandbox" / "reference"
COLUMNS = (REFERENCE / "infolink-columns.yaml").read_text(encoding="utf-8")
TABLES = [table for obj in OBJECTS.values() for table in obj.tables if table.infolink]


def named(table: str) -> set[str]:
    """What the reference says of a table, other names included, in upper case."""
    hosted = yaml.safe_load(COLUMNS).get(table, {})
    listed = yaml.safe_load((REFERENCE / "infolink-tables.yaml").read_text(encoding="utf-8"))
    assumed = (listed.get(table) or listed.get(table.removesuffix("_MC")) or {}).get("columns", {})
    others = [other for column in assumed.values() for other in column.get("also", ())]
    return {name.upper() for name in (*hosted, *assumed, *others)}


@pytest.mark.parametrize("table", sorted({name for table in TABLES for name in table.infolink.tables.values()}))
def test_no_column_of_the_reference_is_news(table):
    """M4: only a column that nobody has heard of is reported as new."""
    assert named(table)
    specs = [spec for spec in TABLES if table in spec.infolink.tables.values()]
    told = {name.upper() for spec in specs for name in spec.infolink.unread.split()}
    read = {source.rpartition(".")[2].upper() for spec in specs for c in spec.columns for source in c.sources}
    assert named(table) - KNOWN.get(table, frozenset()) - told - read == set()


def test_what_is_never_read():
    """M9: the columns that the reference marks are all listed, and no spec names one as a source."""
    marked = {line.partition(":")[0].strip().upper() for line in COLUMNS.splitlines() if line.endswith("# never read")}
    assert marked
    assert marked == NEVER_READ
    sources = {source.rpartition(".")[2].upper() for table in TABLES for c in table.columns for source in c.sources}
    joined = {name.rpartition(".")[2].upper() for table in TABLES for name in table.infolink.joined}
    assert (sources | joined) & NEVER_READ == set()
