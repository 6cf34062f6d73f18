"""What a spec may say of a table, and what follows from it."""

from dataclasses import replace

import pytest

from spectrum_etl.model.spec import Column, Table, company_column

_NUMBER = Column("invoice", "code", "Invoice", source="Invoice", key=True, required=True)
_JOB = Column("job_number", "code", "Job", source="Job_Number")


def test_a5_rows_whose_job_may_change_are_not_narrowed_to_jobs() -> None:
    """A row that moved to another job would look deleted in a run of the first one."""
    table = Table("invoices", "One row an invoice.", (company_column(), _NUMBER, _JOB))
    assert not table.by_job
    assert replace(table, columns=(company_column(), _NUMBER, replace(_JOB, key=True))).by_job
    assert replace(table, partitioned=True).by_job


def test_m4_a_column_may_be_needed_though_rows_may_leave_it_blank() -> None:
    """A site without it is refused; a row without it is staged."""
    assert replace(_NUMBER, may_be_blank=True).never_null
    for wrong in ({"key": False}, {"type": "money"}):
        with pytest.raises(ValueError, match="only a code in the key can be kept as blank"):
            replace(_NUMBER, may_be_blank=True, **wrong)
