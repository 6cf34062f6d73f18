"""What an installation has to allow: web services and Info-Link tables, from the specs."""

from __future__ import annotations

from collections import defaultdict

from spectrum_etl.connections.expected import READS
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.spectrum import tables
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.sources.infolink.lookup import Lookup
from spectrum_etl.sources.sdx import published
from spectrum_etl.staging.objects import OBJECTS
from stack.docs.markdown import code, table


def reading_services() -> str:
    """The web services that staging reads with."""
    rows = []
    for read in READS:
        used = ", ".join(code(f"spectrum.{name}") for name in read.tables)
        by_default = any(spec.readers[0] == "sdx" for spec in read.staged)
        needed = "always" if by_default else " or ".join(code(f"readers.{name}: sdx") for name in read.tables)
        rows.append((code(read.name), used, needed))
    return table(("service", "staged tables that use it", "needed with these settings"), rows)


def writing_services() -> str:
    """The web services that exports write with."""
    rows = []
    for name, service in SERVICES.items():
        exports = [f"export_{obj.name}" for obj in EXPORTS.values() if name in obj.services]
        if exports:
            module = service.page.partition("/")[0].removesuffix("-services").replace("-", " ")
            rows.append((code(name), module.capitalize(), ", ".join(map(code, exports))))
    return table(("service", "module", "enable it for"), rows)


def infolink_tables() -> str:
    """The Info-Link tables that are read, with who reads them."""
    uses = table_uses()
    rows = ((code(name), ", ".join(uses[name][0]), "yes" if uses[name][1] else "") for name in sorted(uses))
    return table(("table", "staging", "exports look up what Spectrum holds"), rows)


def table_uses() -> dict[str, tuple[list[str], bool]]:
    """Info-Link table -> the staged tables that read it, and whether exports do."""
    staged: dict[str, list[str]] = defaultdict(list)
    for obj in OBJECTS.values():
        for spec in obj.tables:
            for name in spec.infolink.tables.values() if spec.infolink else ():
                staged[name].append(code(f"spectrum.{spec.name}"))
    staged[published.READS["jobs"].infolink].append("sub jobs' master jobs")
    looked_up = {lookup.table for lookup in vars(tables).values() if isinstance(lookup, Lookup)}
    return {name: (staged.get(name, []), name in looked_up) for name in {*staged, *looked_up}}
