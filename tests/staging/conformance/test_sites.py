"""O1: no site needs a change of code. Random sites go through describe, paste and sync, and all is staged."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import yaml
from random_sites import RandomSite, prepare
from source_oracle import EXPECTED
from staging_harness import Spectrum, Warehouse, infolink_settings, problems

from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from spectrum_etl.connections.describe import site_description
from spectrum_etl.connections.infolink import check_infolink
from spectrum_etl.connections.result import Checked
from spectrum_etl.settings import Settings
from spectrum_etl.settings.infolink import InfoLinkSettings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.objects import OBJECTS
from stack.postgres import EmbeddedPostgres

_PASSWORD = "another site's"
_OBJECTS = [name for name, obj in OBJECTS.items() if any(table.infolink for table in obj.tables)]
#: A site at which a table is called otherwise shows its columns only once that was pasted, and so on.
_ROUNDS = 6
_SITES = range(30)
#: In every run of the tests: one of each kind of table (joined, partitioned, plain).
_QUICK = {_OBJECTS.index(name) for name in ("budgets",)}
Section = dict[str, Any]


@pytest.fixture(autouse=True)
def _without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own."""
    monkeypatch.setattr(checking, "run_checks", lambda *_args, **_options: [])


@pytest.fixture(scope="module")
def spectrum_of_sites(postgres: EmbeddedPostgres) -> Iterator[Spectrum]:
    """The books of two companies, served over TDS."""
    url = postgres.create_database("sites_source")
    load(url, jobs=8, transactions=300, seed=3)
    with psycopg.connect(url, autocommit=True) as connection:
        prepare(connection)
        with InfoLinkServer(url, password=_PASSWORD, tls=False) as server:
            infolink = InfoLinkConnection(
                "127.0.0.1", "Spectrum", "infolink", _PASSWORD, port=server.port, encryption="off"
            )
            yield Spectrum(connection, infolink)
    postgres.drop_database("sites_source")


def as_settings(section: Section) -> Settings:
    """The settings of the tests with what was pasted."""
    return infolink_settings(infolink=InfoLinkSettings.model_validate(section), max_rejected_rows=100)


def describe(spectrum: Spectrum, section: Section) -> tuple[Checked, str]:
    """What describing finds of company 1, and its file."""
    settings = as_settings(section)
    found = check_infolink(settings.company("1"), spectrum.infolink, settings)
    return found, site_description(settings, [found])


def pasted(text: str) -> Section | None:
    """The lines that the file proposes together, as a person copies them; None where it proposes nothing."""
    block = re.search(r"Look at each of them first:\n\n```yaml\n(.*?)```", text, re.DOTALL)
    return yaml.safe_load(block[1])["infolink"] if block else None


def written(site: RandomSite, checked: Checked, leave_out: set[tuple[str, str]], section: Section) -> bool:
    """Write by hand what has no similar name; whether anything was to be written."""
    names = section.setdefault("names", {}).setdefault("1", {})
    changed = False
    for finding in checked.findings or ():
        if finding.difference != "missing" or finding.paste or (finding.subject, finding.item) in leave_out:
            continue
        known = finding.subject in site.tables if not finding.item else is_known(site, finding.subject, finding.item)
        if not known:
            continue
        entry = names.setdefault(finding.subject, {})
        for name, value in site.by_hand(finding.subject, finding.item).items():
            entry[name] = {**entry.get(name, {}), **value} if isinstance(value, dict) else value
        changed = True
    return changed


def is_known(site: RandomSite, table: str, column: str) -> bool:
    """Whether the site has it, under another name."""
    if column.upper() == "COMPANY_CODE" and site.tables.get(table, ("", False))[1]:
        return True
    stored = site.stored_name(table, column)
    return any(of == table and name.upper() == stored for of, name in site.columns)


def left_out(site: RandomSite) -> dict[str, set[str]]:
    """Staged table -> some columns that nobody names: their source has an unlike name, and nothing stops without it."""
    found: dict[str, set[str]] = {}
    chance = random.Random(site.seed)
    for table in OBJECTS[site.object_name].tables:
        for column in table.columns if table.infolink else ():
            used = sum(column.sources == other.sources for t in OBJECTS[site.object_name].tables for other in t.columns)
            plain = len(column.sources) == 1 and "." not in column.sources[0] and used == 1
            derives = any(column.name in (other.derived or "") for other in table.columns)
            needed = column.key or column.required or column.assumed or derives
            if not plain or needed or table.infolink is None or chance.random() < 0.5:
                continue
            if (table.infolink.table, column.sources[0]) in site.unlike:
                found.setdefault(table.name, set()).add(column.name)
    return found


@pytest.mark.parametrize(
    "seed", [pytest.param(n, id=f"site-{n}", marks=() if n in _QUICK else pytest.mark.slow) for n in _SITES]
)
def test_o1_a_random_site_is_described_pasted_and_staged_as_it_is(
    spectrum_of_sites: Spectrum, warehouse_database: str, seed: int
) -> None:
    spectrum = spectrum_of_sites
    site = RandomSite(seed, _OBJECTS[seed % len(_OBJECTS)])
    site.show(spectrum.connection)
    unnamed = left_out(site)
    nobody_names = {
        (table.infolink.table, column.sources[0])
        for table in OBJECTS[site.object_name].tables
        if table.infolink
        for column in table.columns
        if column.name in unnamed.get(table.name, ())
    }
    section: Section = {}
    for _ in range(_ROUNDS):
        found, text = describe(spectrum, section)
        assert found.tables is not None, found.reason
        judge(site, found)
        proposed = pasted(text)
        section = proposed or section
        if not written(site, found, nobody_names, section) and not proposed:
            break
    else:
        raise AssertionError(f"nothing is settled after {_ROUNDS} rounds:\n{text}")
    assert not any(finding.stops for finding in found.findings or () if finding.affects), text

    warehouse = Warehouse(warehouse_database, spectrum)
    settings = as_settings(section)
    names = settings.infolink.of("1")
    warehouse.sync(
        site.object_name,
        settings=settings,
        sources=lambda company, infolink: Sources(company, infolink=infolink, names=names),
    )
    for table in OBJECTS[site.object_name].tables:
        if table.name in EXPECTED:
            seen = warehouse.look(table.name, unnamed.get(table.name, ()))
            assert seen.source, "a table of which nothing is compared proves nothing"
            assert problems(seen, table.name, table.key) == [], (table.name, site)


def judge(site: RandomSite, found: Checked) -> None:
    """What is proposed is the case; what has an unlike name is missing, and nothing is proposed for it."""
    for finding in found.findings or ():
        if finding.paste:
            [(table, lines)] = yaml.safe_load(finding.paste)["infolink"]["names"]["1"].items()
            assert site.is_right(table, lines), (finding, site)
        unlike = (finding.subject, finding.item) in site.unlike
        assert not (unlike and finding.difference == "missing" and finding.paste), finding


def test_o1_a_third_of_the_new_names_of_the_sites_are_like_nothing(spectrum_of_sites: Spectrum) -> None:
    renamed, unlike, types = 0, 0, set()
    for seed in _SITES:
        site = RandomSite(seed, _OBJECTS[seed % len(_OBJECTS)])
        with spectrum_of_sites.connection.transaction(force_rollback=True):
            site.show(spectrum_of_sites.connection)
        renamed += len(site.columns) + len(site.tables)
        unlike += len(site.unlike)
        types |= {re.split(r"[( ]", kind)[0] for kind in site.types.values()}
    assert renamed > 150
    assert unlike * 3 >= renamed
    assert types >= {
        *("char", "varchar", "nvarchar", "nchar", "money", "float", "bit", "decimal", "numeric"),
        *("datetime2", "smalldatetime", "datetime", "date", "uniqueidentifier"),
    }


def test_o1_the_file_holds_no_value_and_nothing_of_the_connection(spectrum_of_sites: Spectrum) -> None:
    """Names, types and counts only: whoever helps needs no more, and may see no more."""
    site = RandomSite(2, "vendors")
    site.show(spectrum_of_sites.connection)
    _, text = describe(spectrum_of_sites, {})
    infolink = spectrum_of_sites.infolink
    for secret in (infolink.host, str(infolink.port), infolink.password, f"`{infolink.user}`"):
        assert secret not in text
    values = spectrum_of_sites.connection.execute(
        'select "Vendor_Name", "Vendor_Code", "Address_1", "Vendor_Email" from dbo."VN_VENDOR_MASTER_MC"'
    ).fetchall()
    held: set[str] = {str(value).strip() for row in values for value in row if len(str(value).strip()) > 3}
    assert len(held) > 20
    assert [value for value in held if value in text] == []
