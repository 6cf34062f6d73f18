"""A run can be narrowed to jobs only where rows are known by their job."""

from spectrum_etl.model.spec import Column, InfoLink, Table, company_column

_NUMBER = Column("po_number", "code", "Number", source="PO_Number", key=True, required=True)
_SOURCE = InfoLink(tables={"t": "T"})


def _table(*columns: Column, partitioned: bool = False) -> Table:
    return Table("t", "One row a thing", (company_column(), *columns), infolink=_SOURCE, partitioned=partitioned)


def test_rows_that_only_name_a_job_may_name_another_one_tomorrow() -> None:
    """Narrowed to the new job, a run would write the row a second time beside the one of the old job."""
    named = _table(_NUMBER, Column("job_number", "code", "Job", source="Job_Number"))
    assert (named.names_job, named.by_job) == (True, False)


def test_rows_that_are_known_by_their_job_and_postings_belong_to_it() -> None:
    known = _table(Column("job_number", "code", "Job", source="Job_Number", key=True, required=True))
    posted = _table(Column("job_number", "code", "Job", source="Job_Number", required=True), partitioned=True)
    assert (known.by_job, posted.by_job) == (True, True)
    assert (_table(_NUMBER).names_job, _table(_NUMBER).by_job) == (False, False)
