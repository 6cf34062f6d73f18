"""What an installation has to allow: web services and Info-Link tables, from the specs."""

from __future__ import annotations

from collections import defaultdict

from spectrum_etl.connections.expected import READS
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.spectrum import tables as books
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.sources.infolink.lookup import Lookup
from spectrum_etl.staging.objects import OBJECTS
from stack.docs.markdown import code, table

#: The table of `include/sql/infolink/master_jobs.sql`, read wherever jobs are read by web services.
MASTER_JOBS = "JC_JOB_MASTER_MC"


def reading_services() -> str:
    """The web services that staging reads with."""
    defaults = {spec.name: spec.readers[0] for obj in OBJECTS.values() for spec in obj.tables}
    rows = []
    for read in READS:
        needed = [name for name in read.tables if defaults.get(name) == "sdx"]
        used = ", ".join(code(f"spectrum.{name}") for name in read.tables)
        rows.append((code(read.name), used, "yes" if needed else f"only with `readers.{read.tables[0]}: sdx`"))
    return table(("service", "staged tables that use it", "needed by default"), rows)


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
    staged[MASTER_JOBS].append("sub jobs' master jobs")
    looked_up = {lookup.table for lookup in vars(books).values() if isinstance(lookup, Lookup)}
    return {name: (staged.get(name, []), name in looked_up) for name in {*staged, *looked_up}}
