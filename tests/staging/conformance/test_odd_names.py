"""O1: whatever a site calls a table or column, the lines that are pasted load, and what is staged is what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from infolink_rows import source_row
from staging_harness import Warehouse, infolink_settings, problems

from sandbox.data import layouts, own_site
from spectrum_etl.connections.infolink import check_infolink
from spectrum_etl.connections.result import Checked
from spectrum_etl.settings import Settings
from spectrum_etl.settings.infolink import InfoLinkSettings, table_name
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging import check as checking

VENDORS = "VN_VENDOR_MASTER_MC"
#: Of which SQL, YAML or this package could make something else.
NASTY = (
    "Order", "group", "User", "Percent", "Key", "Plan", "a.b", "a]b", "[x]", "]]", 'say "x"', "it's", " leading",
    "trailing ", "per cent %", "%s", "%(x",
    "%(x)s", "%(x)d", "y)s", "{{ x }}", "Straße", "größe", "İstanbul", "日付", "🏗", "No", "null", "1e5",
    "~", "- x", "a: b", "#", "@x", "$1", "--", "a;b", "/* x */", "`x`", "a|b", "x" * 128, "ä" * 128, "a  b",
)  # fmt: skip
#: Columns of vendors that are staged as they are.
COLUMNS = (
    "Vendor_Code", "Vendor_Name", "Alpha_Sort", "Type", "Status", "Address_1", "Address_2", "Address_3", "State",
    "Zip_Code", "Phone", "Fax_Phone", "Vendor_Email", "Terms_Code", "Terms_Days", "Hold_Flag", "Insurance_Exp_Date",
    "Balance", "Date_Last_Invoice", "Date_Last_Payment",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own."""
    monkeypatch.setattr(checking, "run_checks", lambda *_args, **_options: [])


@pytest.fixture
def site(warehouse: Warehouse) -> Iterator[Warehouse]:
    """A warehouse beside a site with some vendors of two companies, that is as everybody's again afterwards."""
    for company in ("1", "2"):
        for number in range(1, 4):
            warehouse.spectrum.add(VENDORS, source_row(VENDORS, number, company))
    yield warehouse
    own_site.forget(warehouse.spectrum.connection)
    layouts.show(warehouse.spectrum.connection, "hosted")


def say(site: Warehouse, column: str = "", table: str = VENDORS, **changes: Any) -> None:
    own_site.say(site.spectrum.connection, table, column, **changes)


def settings_of(names: dict[str, Any]) -> Settings:
    return infolink_settings(infolink=InfoLinkSettings.model_validate({"names": {"1": names}}))


def checked(site: Warehouse, names: dict[str, Any]) -> Checked:
    settings = settings_of(names)
    return check_infolink(settings.company("1"), site.spectrum.infolink, settings)


def staged(site: Warehouse, names: dict[str, Any]) -> None:
    """Sync vendors; what is staged is what is stored."""
    settings = settings_of(names)
    of_site = settings.infolink.of("1")
    site.sync(
        "vendors",
        settings=settings,
        sources=lambda company, infolink: Sources(company, infolink=infolink, names=of_site),
    )
    seen = site.look("vendors")
    assert seen.source.total() == 3
    assert problems(seen, "vendors", ("company_code", "vendor_code")) == []


@pytest.mark.parametrize("part", [0, 1, 2])
def test_o1_names_of_any_characters_are_read(site: Warehouse, part: int) -> None:
    """Settings are written as YAML and read again; a keyword of SQL, quotes, brackets and dots are names as any."""
    layouts.show(site.spectrum.connection, "hosted")
    nasty = NASTY[part * len(COLUMNS) :][: len(COLUMNS)]
    columns = dict(zip(COLUMNS, nasty, strict=False))
    for column, name in columns.items():
        say(site, column, name=name)
    table, schema = ("a.b", "a]b", "%(x)s")[part], ("Order", "a.b]c", "y)d")[part]
    say(site, name=table, schema=schema)
    layouts.show(site.spectrum.connection, "own")
    named = {"table": table_name(schema, table), "columns": columns}
    read_again = yaml.safe_load(yaml.safe_dump({VENDORS: named}, allow_unicode=True))
    found = checked(site, read_again)
    assert found.tables is not None
    [listed] = [t for t in found.tables if t.name == VENDORS]
    assert {c.column for c in listed.columns if c.state == "missing"} == set()
    staged(site, read_again)


def test_o1_lines_that_are_proposed_load_whatever_the_names_are(site: Warehouse) -> None:
    """A dot in a name does not become a schema, and a long name stays on its line."""
    long = "Vendor Name " + "as it is printed on checks and everywhere else " * 3
    say(site, name="VN.VENDOR.MASTER", schema="old.stock")
    say(site, "Vendor_Name", name="Name: Vendor #1")
    say(site, "Vendor_Email", name="Vendor.Email]")
    say(site, "Zip_Code", name="Code] Zip")
    say(site, "Address_1", name=long[:128].strip())
    layouts.show(site.spectrum.connection, "own")
    [table] = [f for f in checked(site, {}).findings or () if f.subject == VENDORS and not f.item]
    assert table.closest == "[old.stock].[VN.VENDOR.MASTER]"
    names = yaml.safe_load(table.paste)["infolink"]["names"]["1"]
    assert names == {VENDORS: {"table": "[old.stock].[VN.VENDOR.MASTER]"}}
    for _ in range(4):
        pasted = [f.paste for f in checked(site, names).findings or () if f.subject == VENDORS and f.paste]
        for lines in pasted:
            assert len(lines.splitlines()) == 6, "a person copies lines"
            columns = yaml.safe_load(lines)["infolink"]["names"]["1"][VENDORS]["columns"]
            names[VENDORS].setdefault("columns", {}).update(columns)
        if not pasted:
            break
    assert names[VENDORS]["columns"] == {
        "Vendor_Name": "Name: Vendor #1",
        "Vendor_Email": "Vendor.Email]",
        "Zip_Code": "Code] Zip",
    }
    names[VENDORS]["columns"]["Address_1"] = long[:128].strip()
    staged(site, names)


def test_o1_two_columns_may_have_each_others_names(site: Warehouse) -> None:
    for one, other in (("Address_1", "Address_2"), ("Vendor_Name", "Vendor_Email")):
        say(site, one, name=other)
        say(site, other, name=one)
    layouts.show(site.spectrum.connection, "own")
    swapped = {"Address_1": "Address_2", "Address_2": "Address_1"}
    staged(site, {VENDORS: {"columns": {**swapped, "Vendor_Name": "Vendor_Email", "Vendor_Email": "Vendor_Name"}}})


def test_o1_one_column_of_a_site_may_be_two_of_the_specs(site: Warehouse) -> None:
    site.spectrum.connection.execute(f'update dbo."{VENDORS}" set "Fax_Phone" = "Phone"')  # noqa: S608
    say(site, "Fax_Phone", dropped=True)
    say(site, "Phone", name="Telephone")
    layouts.show(site.spectrum.connection, "own")
    staged(site, {VENDORS: {"columns": {"Phone": "Telephone", "Fax_Phone": "Telephone"}}})


def test_m9_no_setting_makes_a_tax_id_something_that_is_staged(site: Warehouse) -> None:
    names = {VENDORS: {"columns": {"Phone": "social_sec_number"}}}
    found = checked(site, names)
    [told] = [f.detail for f in found.findings or () if f.subject == VENDORS and not f.item]
    assert "social_sec_number, which holds what is never read" in told


def test_o1_a_column_that_nobody_named_keeps_no_other_from_being_compared(site: Warehouse) -> None:
    """The first one of the table has a name that no statement can use as it is."""
    first = site.spectrum.connection.execute(
        "select column_name from information_schema.columns where table_schema = 'dbo' and table_name = %s"
        " order by ordinal_position limit 1",
        [VENDORS],
    ).fetchone()
    assert first is not None
    say(site, first[0], name="Auftrag Nr")
    say(site, "Vendor_Name", name="Kestrel")
    layouts.show(site.spectrum.connection, "own")
    found = checked(site, {VENDORS: {"columns": {"Vendor_Name": "Kestrel"}}})
    assert [f.detail for f in found.findings or () if f.subject == VENDORS and not f.item] == []


def test_o1_a_view_that_the_server_cannot_read_hides_no_other_table(site: Warehouse) -> None:
    """It is told with the server's number, and without the server's words, which may quote a value."""
    layouts.show(site.spectrum.connection, "own")
    connection = site.spectrum.connection
    connection.execute('alter view shown."JC_JOB_MASTER_MC" rename to "JC_JOB_MASTER_2"')
    nothing = '(select count(*) from dbo."JC_COST_TYPE_MASTER_MC" where false)'
    connection.execute(
        f'create view shown."JC_JOB_MASTER_MC" as select * from dbo."JC_JOB_MASTER_MC" where 1 / {nothing} = 1'  # noqa: S608
    )
    found = checked(site, {})
    assert found.tables is not None
    [told] = [f.detail for f in found.findings or () if f.subject == "JC_JOB_MASTER_MC" and not f.item]
    assert "answers with error 8134 when it is read" in told
    [vendors] = [t for t in found.tables if t.name == VENDORS]
    assert {c.state for c in vendors.columns} <= {"found", "found as", "not needed"}


def test_o1_of_the_names_that_a_column_may_have_the_one_that_is_set_counts(site: Warehouse) -> None:
    """The site has another column under the name that is tried first."""
    say(site, "Status", name="Kestrel")
    say(site, "Contact_Name", name="Status")
    layouts.show(site.spectrum.connection, "own")
    names = {VENDORS: {"columns": {"Status_Code": "Kestrel"}}}
    [listed] = [t for t in checked(site, names).tables or () if t.name == VENDORS]
    assert [c.here for c in listed.columns if c.column == "Status"] == ["Kestrel"]
    staged(site, names)
