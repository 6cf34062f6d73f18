"""Which checks a table gets: those that follow from its columns, then its own. Pure data; used by `checks.run`."""

from __future__ import annotations

from spectrum_etl.staging.spec import Check, Table

#: Stands for the company of the run in the values of an `in_set` check; filled in from the run's parameters.
COMPANY = "{company_code}"

_DEFECT = "Rows like these are rejected before the checks, so this is a defect of the package: report it."


def suite_of(table: Table) -> tuple[Check, ...]:
    """All checks of a table.

    Rows that break a row rule are rejected when the slice is typed; the derived checks prove it before anything is
    published, and all of them are critical.

    Args:
        table: the spec.

    Returns:
        The checks in the order in which they are shown: company, blank values, allowed codes, key, then the table's
        own.

    Raises:
        ValueError: two checks of the table have the same name, or one names a column that the table does not have.
    """
    checks = (*_derived(table), *table.checks)
    names = [check.name for check in checks]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"table {table.name}: two checks are called {name}; rename one")
    known = {column.name for column in table.columns}
    for check in checks:
        if unknown := set(check.columns) - known:
            raise ValueError(f"table {table.name}, check {check.name}: there is no column {sorted(unknown)[0]}")
    return checks


def _derived(table: Table) -> list[Check]:
    checks = [
        Check(
            "company_is_the_runs",
            "in_set",
            ("company_code",),
            "critical",
            f"Rows of another company than the one that was read. {_DEFECT}",
            values=(COMPANY,),
        )
    ]
    checks += [
        Check(
            f"{column.name}_present",
            "not_null",
            (column.name,),
            "critical",
            f"{column.name} is blank, but {'it is part of the key' if column.key else 'every row needs it'}. {_DEFECT}",
        )
        for column in table.columns
        if column.never_null
    ]
    checks += [
        Check(
            f"{column.name}_present",
            "not_null",
            (column.name,),
            "warning",
            f"{column.name} is blank in Spectrum. The rows are staged without it: fill it in there.",
        )
        for column in table.columns
        if column.blank == "null"
    ]
    checks += [
        Check(
            f"{column.name}_allowed",
            "in_set",
            (column.name,),
            "critical",
            f"{column.name} holds something else than {', '.join(column.allowed)}. {_DEFECT}",
            values=column.allowed,
        )
        for column in table.columns
        if column.allowed
    ]
    if not table.partitioned:
        checks.append(
            Check(
                "key_unique",
                "unique",
                table.key,
                "critical",
                f"Several rows have the same key ({', '.join(table.key)}). {_DEFECT}",
            )
        )
    return checks
