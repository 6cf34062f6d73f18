"""What is projected, over real SOAP and TDS: by GetPhase, or as the sum of the increments up to a day (L1, K1)."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import psycopg
import pytest

from sandbox.data import layouts
from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from sandbox.sdx.access import Authorization
from sandbox.sdx.server import SdxServer
from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.spectrum import Spectrum, projections
from spectrum_etl.exports.spectrum.compare import unread_note
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.sdx import SdxConnection
from spectrum_etl.sources.sdx.write import SpectrumWriter
from stack.postgres import EmbeddedPostgres
from tests.exports.spectrum.conftest import COMPANY

_ID, _PASSWORD = "PROJECTED-ID", "projected"
_SERVICE = "JobCostProjections"
#: Phases of an active job that nothing is projected of, and one that Spectrum projects by itself.
_PHASES = """
select btrim(p."Job_Number"), btrim(p."Phase_Code"), btrim(p."Cost_Type") from dbo."JC_PHASE_MASTER_MC" p
join dbo."JC_JOB_MASTER_MC" j using ("Company_Code", "Job_Number")
where btrim("Company_Code") = '1' and j."Status_Code" = 'A' and p."Projected_Cost_Code" = %s
    and p."Status_Code" = %s and not exists (
        select from dbo."JC_PROJ_COST_HISTORY_MC" h where btrim(h."Job") = btrim(p."Job_Number")
            and h."Phase" = p."Phase_Code" and h."Cost_Type" = p."Cost_Type")
order by 1, 2, 3
"""
Code = tuple[str, str, str]


@dataclass
class Site:
    """A loaded stand-in.

    Args:
        url: its database.
        sdx: its web services.
        tables, connection: how Info-Link and the web services are reached.
        both, infolink, services: Spectrum by both ways, Info-Link alone, the web services alone.
        writer: writes.
        unused: phases that nothing is projected of; each test takes one.
    """

    url: str
    sdx: SdxServer
    tables: InfoLinkConnection
    connection: SdxConnection
    both: Spectrum
    infolink: Spectrum
    services: Spectrum
    writer: SpectrumWriter
    unused: Iterator[Code]

    def enter(self, code: Code, day: str, amount: str) -> Call:
        """Write a total."""
        made = projected(code, day, amount)
        self.writer.write(made.service, made.parameters)
        return made

    def ask(self, statement: str, *values: object) -> list[tuple[str, ...]]:
        with psycopg.connect(self.url) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def book(self, code: Code, day: str | None, amount: str, kind: str = "E") -> None:
        """Somebody else's row."""
        self.ask(
            """insert into dbo."JC_PROJ_COST_HISTORY_MC"
               ("Company_Code", "Job", "Phase", "Cost_Type", "Type", "System_Key", "Transaction_Date", "Amount")
               values ('  1', lpad(%s, 10), lpad(%s, 20), lpad(%s, 3), %s, %s, %s::timestamp, %s)""",
            *code, kind, f"{amount}/{day}", day, Decimal(amount),
        )  # fmt: skip


def projected(code: Code, day: str, amount: str) -> Call:
    """A call of the service."""
    job, phase, cost_type = code
    key = {"Company_Code": "1", "Job_Number": job, "Phase_Code": phase, "Cost_Type": cost_type}
    return call(_SERVICE, {**key, "Transaction_Date": day, "Amount": amount}, adds=False)


def amount(spectrum: Spectrum, code: Code, day: str) -> str | None:
    """What a phase is projected to cost on a day."""
    made = projected(code, day, "1")
    current = spectrum.current_values(made.service, made.key)
    return current and current["Amount"]


@pytest.fixture(scope="module")
def made(postgres: EmbeddedPostgres) -> Iterator[Site]:
    url = postgres.create_database("exports_projected")
    load(url, jobs=40, transactions=100, flaws=False)
    with psycopg.connect(url) as connection:
        phases = connection.execute(_PHASES.encode(), ["P", "A"]).fetchall()
    with (
        InfoLinkServer(url, password=_PASSWORD, tls=False) as infolink,
        SdxServer(url, [Authorization(_ID, ("1",))]) as sdx,
    ):
        tables = InfoLinkConnection("127.0.0.1", "Spectrum", "infolink", _PASSWORD, infolink.port, encryption="off")
        services = SdxConnection(sdx.url, "1", _ID)
        with (
            Sources(COMPANY, infolink=tables, sdx=services) as both,
            Sources(COMPANY, infolink=tables) as by_tables,
            Sources(COMPANY, sdx=services) as by_services,
        ):
            spectrum = (Spectrum(COMPANY, sources) for sources in (both, by_tables, by_services))
            yield Site(url, sdx, tables, services, *spectrum, SpectrumWriter(both.sdx), iter(phases))
    postgres.drop_database("exports_projected")


@pytest.fixture
def site(made: Site) -> Iterator[Site]:
    """The stand-in without faults."""
    made.sdx.switches.clear()
    yield made
    made.sdx.switches.clear()


@pytest.fixture
def code(site: Site) -> Code:
    """A phase that nothing is projected of."""
    return next(site.unused)


def test_increments_are_added_up_to_the_day(site: Site, code: Code) -> None:
    """L1: several rows a day, change orders' rows, a balanced late entry, and one without a date."""
    assert amount(site.infolink, code, "2026-06-01") == "0.00"
    site.book(code, "2026-05-01", "1000.00")
    site.book(code, "2026-05-01", "-250.50")
    site.book(code, "2026-05-20", "100.00", "C")
    site.book(code, "2026-05-10", "400.00")
    site.book(code, "2026-05-20", "-400.00", "B")
    site.book(code, "2026-06-20", "50.00")
    site.book(code, None, "7.25")
    days = ("2026-04-30", "2026-05-01", "2026-05-10", "2026-05-19", "2026-05-20", "2026-06-19", "2026-06-20")
    totals = [amount(site.infolink, code, day) for day in days]
    assert totals == ["7.25", "756.75", "1156.75", "1156.75", "856.75", "856.75", "906.75"]
    assert amount(site.both, code, "2026-06-30") == amount(site.services, code, "2026-06-30") == "906.75"
    job, phase, cost_type = code
    assert site.infolink.last_projections(job)[phase, cost_type] == "2026-06-20"
    assert site.services.last_projections(job) == {}


@pytest.mark.parametrize("way", ["both", "infolink", "services"])
def test_a_total_is_confirmed_also_the_second_of_a_day(site: Site, code: Code, way: str) -> None:
    """L1: an equal one books nothing and is confirmed, 0 clears."""
    spectrum: Spectrum = getattr(site, way)
    for day, value in (("2026-06-28", "1500"), ("2026-06-29", "1500"), ("2026-06-29", "1600.10"), ("2026-06-29", "0")):
        site.enter(code, day, value)
        assert amount(spectrum, code, day) == f"{Decimal(value):.2f}", (day, value)


def test_hours_and_quantities_likewise(site: Site, code: Code) -> None:
    job, phase, cost_type = code
    key = {"Company_Code": "1", "Job_Number": job, "Phase_Code": phase, "Cost_Type": cost_type}
    for hours, quantity in (("40", "7"), ("32.5", "9")):
        sent = {**key, "Transaction_Date": "2026-06-29", "Projected_Hours": hours, "Projected_Quantity": quantity}
        written = call(_SERVICE, sent, adds=False)
        site.writer.write(written.service, written.parameters)
    for spectrum in (site.both, site.infolink, site.services):
        current = spectrum.current_values(_SERVICE, written.key)
        assert current == {"Amount": "0.00", "Projected_Hours": "32.50", "Projected_Quantity": "9.00"}


def test_getphase_is_the_truth_where_it_differs(site: Site, code: Code, caplog: pytest.LogCaptureFixture) -> None:
    """L1: a warning names how many phases, both figures, and which is taken."""
    sent = site.enter(code, "2026-06-29", "1500")
    site.sdx.switches.set("sdx_projected_more", "25")
    assert amount(site.both, code, "2026-06-29") == "1525.00"
    assert amount(site.infolink, code, "2026-06-29") == "1500.00"
    with caplog.at_level(logging.WARNING):
        (current,) = site.both.all_current_values([sent])
    assert current is not None
    assert current["Amount"] == "1525.00"
    (told,) = [record.getMessage() for record in caplog.records if "GetPhase shows another" in record.getMessage()]
    booked = site.ask(
        """select count(distinct (btrim(h."Phase"), btrim(h."Cost_Type"))) from dbo."JC_PROJ_COST_HISTORY_MC" h
           join dbo."JC_PHASE_MASTER_MC" p on p."Company_Code" = h."Company_Code" and p."Phase_Code" = h."Phase"
               and btrim(p."Job_Number") = btrim(h."Job") and p."Cost_Type" = h."Cost_Type"
           where btrim(h."Job") = %s and p."Projected_Cost_Code" = 'P'""",
        code[0],
    )
    assert f"for {booked[0][0]} phases" in told
    assert "GetPhase's is taken" in told
    site.sdx.switches.clear()
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        site.both.all_current_values([sent])
    assert not [record for record in caplog.records if "GetPhase shows another" in record.getMessage()]


@pytest.mark.parametrize("hours", [20, 13, -11, -13], ids=["tomorrow", "next zone", "last zone", "yesterday"])
def test_a_day_that_has_not_begun_where_spectrum_stands(hours: int) -> None:
    """L1: GetPhase shows today's total. Where the day may have begun elsewhere, the increments tell, if both agree."""
    now = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
    sent_on = (now + datetime.timedelta(hours=hours)).date()
    before = sent_on - datetime.timedelta(days=1)
    entries = [
        {"Transaction_Date": before.isoformat(), "Amount": "1000"},
        {"Transaction_Date": sent_on.isoformat(), "Amount": "200"},
    ]
    old, new, other = ({"Amount": f"{value}.00"} for value in (1000, 1200, 999))

    def current_values(figures: dict[str, str]) -> dict[str, str] | None:
        return projections.in_force(sent_on, figures, entries, ["Amount"], now)

    assert current_values(new) == new
    may_not_have_begun = sent_on > (now - datetime.timedelta(hours=12)).date()
    assert current_values(old) == (new if may_not_have_begun else old)
    surely_to_come = sent_on > (now + datetime.timedelta(hours=14)).date()
    assert current_values(other) == (new if surely_to_come else other)


def test_many_are_read_with_a_few_questions(site: Site) -> None:
    """A forecast of a whole job: two questions to GetPhase and one to Info-Link's table, however many lines."""
    job = site.ask(_PHASES, "P", "A")[0][0]
    codes = [(job, *code) for code in site.both.phases(job)]
    calls = [projected(code, "2026-06-29", "1") for code in codes]
    assert len(calls) > 10
    site.sdx.calls.reset()
    together = site.both.all_current_values(calls)
    asked = [each["service"] for each in site.sdx.calls.report()["calls"]]
    assert asked == ["GetPhase", "GetPhase"], "active ones and complete ones"
    assert together == [site.both.current_values(each.service, each.key) for each in calls]


@pytest.mark.parametrize("way", ["both", "infolink"])
def test_without_getphase_increments_are_added_up(site: Site, code: Code, way: str) -> None:
    """A service that the Authorization ID may not use stops nothing that Info-Link shows."""
    site.enter(code, "2026-06-29", "1500")
    site.sdx.switches.set("sdx_service_off", "GetPhase")
    spectrum: Spectrum = getattr(site, way)
    assert amount(spectrum, code, "2026-06-29") == "1500.00"


def test_complete_phases_are_read_too(site: Site) -> None:
    code = next(iter(site.ask(_PHASES, "P", "C")))
    site.enter(code, "2026-06-29", "1500")  # type: ignore[arg-type]
    assert amount(site.both, code, "2026-06-29") == amount(site.services, code, "2026-06-29") == "1500.00"  # type: ignore[arg-type]


def test_how_a_projection_is_worked_out(site: Site) -> None:
    """L1: by Info-Link alone; what Spectrum works out is no difference that anybody has to be warned of."""
    rows = site.ask(_PHASES, "E", "A")
    job, phase, cost_type = rows[0]
    assert site.infolink.phases(job)[phase, cost_type]["Projected_Cost_Code"] == "E"
    assert "Projected_Cost_Code" not in site.services.phases(job)[phase, cost_type]


@pytest.fixture
def show(site: Site) -> Iterator[Callable[[str], Spectrum]]:
    """Lets Info-Link show another layout until the test ends; gives a Spectrum that has not looked yet."""
    opened: list[Sources] = []

    def shown(layout: str) -> Spectrum:
        with psycopg.connect(site.url) as connection:
            layouts.show(connection, layout)
        sources = Sources(COMPANY, infolink=site.tables)
        opened.append(sources)
        return Spectrum(COMPANY, sources)

    yield shown
    for sources in opened:
        sources.__exit__(None, None, None)
    shown("hosted")
    opened[-1].__exit__(None, None, None)


@pytest.mark.parametrize("layout", ["hosted", "aliases", "bare"])
def test_every_layout_tells_the_same(site: Site, code: Code, show: Callable[[str], Spectrum], layout: str) -> None:
    """O1: Amount, or Projected_Cost as older sites call it."""
    site.enter(code, "2026-06-28", "1500")
    site.enter(code, "2026-06-29", "0")
    spectrum = show(layout)
    assert (amount(spectrum, code, "2026-06-28"), amount(spectrum, code, "2026-06-29")) == ("1500.00", "0.00")
    assert spectrum.last_projections(code[0])[code[1:]] == "2026-06-29"


def test_a_site_without_any_amount_says_so(site: Site, code: Code, show: Callable[[str], Spectrum]) -> None:
    """DESIGN 5: before it is exported. With GetPhase it can still be confirmed."""
    sent = projected(code, "2026-06-29", "1500")
    show("bare")
    site.ask('alter view shown."JC_PROJ_COST_HISTORY_MC" rename column "Amount" to "Cost"')
    with Sources(COMPANY, infolink=site.tables) as sources:
        spectrum = Spectrum(COMPANY, sources)
        assert not spectrum.can_read_back(_SERVICE, sent.key)
        assert not spectrum.shows_later_projections()
        note = unread_note(Document(code[0], (sent,)), spectrum)
        assert note == "what JobCostProjections wrote cannot be read back, so it was not compared"
        assert spectrum.all_current_values([sent]) == [None]
    with Sources(COMPANY, infolink=site.tables, sdx=site.connection) as with_getphase:
        spectrum = Spectrum(COMPANY, with_getphase)
        site.enter(code, "2026-06-29", "1500")
        assert amount(spectrum, code, "2026-06-29") == "1500.00"
        assert unread_note(Document(code[0], (sent,)), spectrum) is None
