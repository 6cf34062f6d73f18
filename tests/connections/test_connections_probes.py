"""N12: `check_connections` finds out what Procore's documentation leaves open, and leaves nothing behind.

Each question is asked of a stand-in that does it one way and the other. A kill is a client that makes no further call.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from spectrum_etl.connections.probes import PROBES, Found, reading
from spectrum_etl.connections.probes.kept import answers, keep
from spectrum_etl.connections.probes.tried import Tried
from spectrum_etl.connections.probes.writing import Places, try_out
from spectrum_etl.connections.procore import probe
from spectrum_etl.connections.procore_company import Known
from spectrum_etl.connections.procore_lists import Lists
from spectrum_etl.sources.procore import ProcoreClient
from spectrum_etl.sources.procore.marks import PROBE_MARK
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import EmbeddedPostgres
from tests.sources.procore.standin import COMPANY, StandIn, standing_in

#: As another integration writes them.
FOREIGN = "a9f3-Vendor-17"


class Site:
    """A stand-in Procore with a project for tests, and a company that another integration has marked."""

    def __init__(self, procore: StandIn) -> None:
        self.procore = procore
        self.view = self.add("budget_view", name="All", columns=[])
        segments = [self.add("segment", name=kind, type=kind) for kind in ("cost_code", "line_item_type")]
        self.project = self.add(
            "project", name="For tests", active=True, permitted=True, budget_locked=False, tools_off=[]
        )
        self.other = self.add("project", name="Costs off", active=True, permitted=True, tools_off=["direct_costs"])
        code = self.add("cost_code", self.project, name="Concrete", code="03", line_item_type_ids=[])
        kind = self.add("line_item_type", name="Labor", csv_import_code="L")
        items = [{"segment_id": of, "item_id": item} for of, item in zip(segments, (code, kind), strict=True)]
        self.code = self.add(
            "wbs_code", self.project, flat_code="03.L", description="Concrete", status="active", segment_items=items
        )
        self.company = self.add(
            "vendor", name="Acme", is_active=True, integration="erp", origin_fixed=True, origin_id=FOREIGN
        )
        self.codes = [code]
        self.before = self.records()

    @property
    def places(self) -> Places:
        return Places(self.project, self.company, ("1",))

    def add(self, kind: str, project: int | None = None, origin_id: str | None = None, **fields: Any) -> int:
        with psycopg.connect(self.procore.url, autocommit=True) as connection:
            row = connection.execute(
                "insert into procore.records (kind, company_id, project_id, fields, origin_id)"
                " values (%s, %s, %s, %s, %s) returning id",
                [kind, COMPANY, project, Jsonb(fields), origin_id],
            ).fetchone()
        assert row is not None
        return int(row[0])

    def remove(self, *records: int) -> None:
        with psycopg.connect(self.procore.url, autocommit=True) as connection:
            connection.execute("delete from procore.records where id = any(%s)", [list(records)])

    def records(self) -> list[Any]:
        """Everything that is in Procore, but for the budget code that a line makes a code's own."""
        with psycopg.connect(self.procore.url, autocommit=True) as connection:
            return connection.execute(
                "select id, kind, origin_id, fields - 'integration' from procore.records where deleted_at is null"
                " and kind <> 'cost_code' order by id"
            ).fetchall()

    def forget_probes(self) -> None:
        """As on the first day; the company belongs to the other integration again."""
        self.procore.server.switches.clear()
        for name in ("procore_hourly_limit", "procore_spike_limit"):
            self.procore.fault(name, "0")
        with psycopg.connect(self.procore.url, autocommit=True) as connection:
            connection.execute(
                "delete from procore.records where deleted_at is not null or not id = any(%s)",
                [[record[0] for record in self.before] + self.codes],
            )
        self.procore.change(self.company, integration="erp")
        assert self.records() == self.before


@pytest.fixture(scope="module")
def whole(postgres: EmbeddedPostgres) -> Iterator[Site]:
    url = postgres.create_database("probes_procore")
    with standing_in(url) as procore:
        yield Site(procore)
    postgres.drop_database("probes_procore")


@pytest.fixture
def site(whole: Site) -> Iterator[Site]:
    whole.forget_probes()
    yield whole
    whole.procore.server.switches.clear()


def _ask(site: Site, *names: str, places: Places | None = None) -> Tried:
    return try_out(site.procore.client, places or site.places, names)


@pytest.mark.parametrize(
    ("name", "switch", "ways"),
    [
        ("foreign_id_replaced", "procore_foreign_origin", {"replaceable": "yes", "refused": "no", "marked": "no"}),
        ("budget_line_by_code", "procore_budget_sync", {"by_code": "yes", "refused": "no", "doubled": "no"}),
        ("prime_line_without_code", "procore_prime_line_codes", {"optional": "yes", "required": "no"}),
        ("approved_lines_refused", "procore_approved_lines", {"refused": "yes", "writable": "no"}),
        ("direct_cost_amounts_changeable", "procore_direct_cost_amounts", {"changeable": "yes", "fixed": "no"}),
        ("deleted_origin_kept", "procore_deleted_origin", {"kept": "yes", "freed": "no"}),
    ],
)
def test_n12_a_probe_that_writes_says_what_procore_does_and_leaves_nothing(
    site: Site, name: str, switch: str, ways: dict[str, str]
) -> None:
    for way, expected in ways.items():
        site.forget_probes()
        site.procore.fault(switch, way)
        tried = _ask(site, name)
        assert (tried.found[name].verdict, tried.findings) == (expected, []), (way, tried)
        assert site.records() == site.before, "everything is as it was"


@pytest.mark.parametrize(
    ("name", "switch", "ways"),
    [
        ("inactive_listed", "procore_inactive_listed", {"on": "yes", "off": "no"}),
        ("case_ignored", "procore_origin_case", {"exact": "no", "ignored": "yes"}),
        ("prime_origin_filter", "procore_prime_origin_filter", {"on": "yes", "off": "no"}),
        ("direct_costs_refused_where_off", "procore_direct_costs_off", {"refused": "yes", "shown": "no"}),
    ],
)
def test_n12_a_probe_that_reads_says_what_procore_does(
    site: Site, name: str, switch: str, ways: dict[str, str]
) -> None:
    added = [
        site.add("vendor", name="Gone", is_active=False),
        site.add("prime_contract", site.other, title="Prime", status="Draft", accounting_method="amount"),
    ]
    try:
        for way, expected in ways.items():
            site.procore.fault(switch, way)
            assert dict(reading.ask(Lists(site.procore.client)))[name].verdict == expected, way
        assert site.procore.server.calls.report()["calls"], "it asked"
    finally:
        site.remove(*added)


def test_n12_names_may_repeat_where_two_companies_have_the_same_and_else_it_is_not_known(site: Site) -> None:
    assert dict(reading.ask(Lists(site.procore.client)))["names_repeat"].verdict == "not known"
    twin = site.add("vendor", name="Acme", is_active=True)
    try:
        found = dict(reading.ask(Lists(site.procore.client)))["names_repeat"]
        assert (found.verdict, "Acme" in found.said) == ("yes", True)
    finally:
        site.remove(twin)


def test_n12_where_there_is_nothing_to_look_at_the_answer_is_not_known(site: Site) -> None:
    found = dict(reading.ask(Lists(site.procore.client)))
    assert {name for name, each in found.items() if not each.is_known} == {
        "names_repeat", "inactive_listed", "prime_origin_filter",
    }  # fmt: skip
    assert all(each.said for each in found.values())


class Kill(BaseException):
    """SIGKILL."""


def _kill_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """Let the client die behind its so-manieth writing call: no further call is made, whatever is still tried."""
    left, write, pages, get = [writes], ProcoreClient._write, ProcoreClient.pages, ProcoreClient.get
    sync = ProcoreClient.sync_rows

    def alive() -> None:
        if left[0] <= 0:
            raise Kill

    def writing(call: Any) -> Any:
        def made(*args: Any, **kwargs: Any) -> Any:
            alive()
            answer = call(*args, **kwargs)
            left[0] -= 1
            alive()
            return answer

        return made

    def looking(call: Any) -> Any:
        def made(*args: Any, **kwargs: Any) -> Any:
            alive()
            return call(*args, **kwargs)

        return made

    monkeypatch.setattr(ProcoreClient, "_write", writing(write))
    # Rows come out as they are read: read here, so that the call is over.
    monkeypatch.setattr(ProcoreClient, "sync_rows", writing(lambda *args: iter(list(sync(*args)))))
    monkeypatch.setattr(ProcoreClient, "pages", looking(pages))
    monkeypatch.setattr(ProcoreClient, "get", looking(get))


@pytest.mark.parametrize("name", [name for name, each in PROBES.items() if each.how == "writes"])
def test_n12_what_a_killed_probe_leaves_is_removed_by_the_next_one(
    site: Site, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Behind every one of its writing calls, also where the next check asks nothing."""
    site.procore.fault("procore_foreign_origin", "replaceable")
    died, left = 0, 0
    for writes in range(1, 12):
        with monkeypatch.context() as patch:
            _kill_after(patch, writes)
            try:
                _ask(site, name)
            except Kill:
                died += 1
            else:
                break
        left += site.records() != site.before
        tried = _ask(site)
        assert (tried.found, tried.findings) == ({}, [])
        assert site.records() == site.before
        site.procore.change(site.company, integration="erp")
    assert died >= 2, "it was killed on its way"
    assert left >= 1, "and left something behind"


@pytest.mark.parametrize("fault", ["procore_lost_answer", "procore_500_after"])
@pytest.mark.parametrize("name", ["prime_line_without_code", "deleted_origin_kept"])
def test_n12_a_lost_answer_leaves_nothing_and_a_question_that_is_open(site: Site, fault: str, name: str) -> None:
    site.procore.fault(fault, None, 1)
    tried = _ask(site, name)
    assert name in tried.found
    assert tried.findings == []
    assert site.records() == site.before


def test_n12_a_refusal_that_names_no_field_is_no_answer(site: Site) -> None:
    """Procore refuses calls now and then without a reason."""
    site.procore.fault("procore_random_400", None, 1)
    tried = _ask(site, "foreign_id_replaced")
    assert tried.found["foreign_id_replaced"].verdict == "not known"
    assert site.records() == site.before


@pytest.mark.parametrize(
    ("kind", "what", "fields"),
    [
        ("prime_contract", "prime contracts", {"title": "Real", "status": "Draft"}),
        ("work_order_contract", "subcontracts", {"title": "Real", "status": "Draft"}),
        ("direct_cost", "direct costs", {"direct_cost_type": "expense", "status": "draft"}),
        ("budget_line", "amounts in its budget", {"original_budget_amount": "5.00"}),
    ],
)
def test_n12_a_project_that_holds_anything_else_is_refused_and_nothing_is_written(
    site: Site, kind: str, what: str, fields: dict[str, Any]
) -> None:
    if kind == "budget_line":
        fields = {**fields, "wbs_code_id": site.code}
    real = site.add(kind, site.project, **fields)
    # As a probe's would be; in a real project it is somebody's.
    empty = site.add("budget_line", site.project, wbs_code_id=site.code, original_budget_amount="0.00")
    names = [name for name, each in PROBES.items() if each.how == "writes" and name != "foreign_id_replaced"]
    try:
        before = site.records()
        tried = _ask(site, *names)
        assert {found.verdict for found in tried.found.values()} == {"not known"}
        [finding] = tried.findings
        assert (finding.difference, what in finding.detail) == ("clean up", True)
        assert _ask(site).found == {}
        assert site.records() == before
    finally:
        site.remove(real, empty)


def test_n12_a_linked_project_and_a_company_without_a_foreign_id_are_not_written_into(site: Site) -> None:
    linked = Places(site.project, site.company, ("1",), frozenset({str(site.project)}))
    assert "it is linked to a job" in _ask(site, "budget_line_by_code", places=linked).findings[0].detail
    ours = site.add("vendor", name="Ours", is_active=True, origin_id="spectrum:1:OURS")
    try:
        tried = _ask(site, "foreign_id_replaced", places=Places(None, ours, ("1",)))
        assert tried.found["foreign_id_replaced"].verdict == "not known"
    finally:
        site.remove(ours)
    assert _ask(site, *PROBES, places=Places()).found == {}, "without a place nothing is tried"


def test_n12_what_is_known_is_not_tried_again_until_somebody_asks_for_it(site: Site) -> None:
    places: Any = {"test_project": site.project, "foreign_company": site.company}
    first, left = probe(Lists(site.procore.client), Known(("1",), **places))
    assert left == []
    assert {name for name, each in PROBES.items() if each.how == "writes"} <= first.keys()
    site.procore.server.calls.reset()
    known = Known(("1",), answers={name: each for name, each in first.items() if each.is_known}, **places)
    again, _ = probe(Lists(site.procore.client), known)
    assert not {name for name in again if PROBES[name].how == "writes"}
    made = [call["service"].split()[0] for call in site.procore.server.calls.report()["calls"]]
    assert {"PATCH", "DELETE"} & set(made) == set(), "and nothing is written"
    forced, _ = probe(Lists(site.procore.client), Known(("1",), probe_again=True, answers=known.answers, **places))
    assert {name for name in forced if PROBES[name].how == "writes"} == {
        name for name, each in PROBES.items() if each.how == "writes"
    }


def test_n12_answers_are_kept_with_their_time_and_one_that_failed_takes_none_back(database: str) -> None:
    with connect(database) as connection:
        connection.autocommit = True
        migrate(connection)
        yes, no, unknown = Found("yes", "seen"), Found("no", "seen"), Found("not known", "Procore is busy")
        for found, expected in ((yes, "yes"), (unknown, "yes"), (no, "no"), (unknown, "no")):
            keep(connection, "1", 7, {"names_repeat": found}, "run")
            assert answers(connection, "1", 7)["names_repeat"].verdict == expected
        assert answers(connection, "1", 7)["names_repeat"].tried_at is not None
        assert answers(connection, "1", 8) == {}, "another Procore company is asked anew"
        knows = "select sync.procore_knows('1', %s)"
        assert connection.execute(knows, ["names_repeat"]).fetchone() == (False,)
        assert connection.execute(knows, ["case_ignored"]).fetchone() == (None,)
        keep(connection, "1", 8, {"names_repeat": unknown}, "run")
        assert connection.execute(knows, ["names_repeat"]).fetchone() == (None,)


def test_n12_the_switchers_page_lists_every_question() -> None:
    page = (Path(__file__).parents[2] / "docs" / "switching.md").read_text()
    missing = [each.question for each in PROBES.values() if f"| {each.question} |" not in page]
    assert missing == []


def test_n12_what_a_probe_made_is_known_by_its_mark() -> None:
    assert not any(mark.startswith(PROBE_MARK) for mark in ("spectrum:1:ACME", "1:24-404"))
