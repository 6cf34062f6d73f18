"""Copies the transactions with dlt, as its documentation would have it. Run by the Python of the peer's environment.

Arguments as JSON on standard input: source (URL for SQLAlchemy), destination (URL), dataset, folder (for the
pipeline's files), backend, file_format (null: dlt's default), disposition, merge_key and incremental (a column, or
null). Prints what it took as JSON, the last line. Facts: https://dlthub.com/docs (sql_database, postgres destination).
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

TABLE = "JC_TRANSACTION_HISTORY_MC"


def main() -> None:
    """Run one pipeline once."""
    arguments = json.load(sys.stdin)
    import dlt
    from dlt.sources.sql_database import sql_table

    _skip_keys()
    options: dict[str, Any] = {}
    if arguments["backend"] == "connectorx":
        options["backend_kwargs"] = {"conn": arguments["source"].replace("mssql+pymssql", "mssql") + "?encrypt=false"}
    if arguments["incremental"]:
        options["incremental"] = dlt.sources.incremental(arguments["incremental"])
    if arguments["merge_key"]:
        options["merge_key"] = arguments["merge_key"]
    pipeline = dlt.pipeline(
        "benchmark",
        destination=dlt.destinations.postgres(arguments["destination"]),
        dataset_name=arguments["dataset"],
        pipelines_dir=arguments["folder"],
    )
    began, before = time.perf_counter(), _cpu()
    table = sql_table(
        credentials=arguments["source"],
        table=TABLE,
        schema="dbo",
        backend=arguments["backend"],
        write_disposition=arguments["disposition"],
        **options,
    )
    pipeline.run(table, loader_file_format=arguments["file_format"])
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    normalized = pipeline.last_trace.last_normalize_info
    rows = normalized.row_counts.get(TABLE.lower(), 0) if normalized else 0
    result = {"rows": rows, "version": dlt.__version__}
    print()
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": _peak(), "result": result}))


def _skip_keys() -> None:
    """Tell the reflection that the table has no keys, which is true: the stand-in has no catalogue views of keys.

    Columns and types are reflected from the source, as they would be from a SQL Server.
    """
    from sqlalchemy.dialects.mssql.base import MSDialect
    from sqlalchemy.engine.reflection import ReflectionDefaults

    def without(default: Any) -> Any:
        def answer(_: Any, __: Any, *, schema: Any = None, filter_names: Any = None, **___: Any) -> Any:
            return [((schema, name), default()) for name in filter_names or [TABLE]]

        return answer

    kinds = ("pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints", "table_comment")
    for kind in kinds:
        setattr(MSDialect, f"get_multi_{kind}", without(getattr(ReflectionDefaults, kind)))


def _cpu() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _peak() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
