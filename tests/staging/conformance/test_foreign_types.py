"""O1, M4: types and collations of other sites are read as what they hold; money is in cents, and that is noted once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import pytest
from infolink_rows import source_row
from staging_harness import Warehouse, infolink_settings, problems

from sandbox.data import layouts, own_site
from spectrum_etl.model.run import Run
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify

HISTORY, AMOUNT = "JC_TRANSACTION_HISTORY_MC", "Tran_Amount"
#: Seldom a binary fraction, and on both sides of half a cent.
AMOUNTS = ("10.005", "-10.005", "1.005", "2.675", "0.1", "70.3", "-0.004", "0.0049", "8.1249", "0")


@pytest.fixture(autouse=True)
def _without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own."""
    monkeypatch.setattr(checking, "run_checks", lambda *_args, **_options: [])


@pytest.fixture
def site(warehouse: Warehouse) -> Iterator[Warehouse]:
    """A warehouse beside a site that is as everybody's again afterwards."""
    yield warehouse
    own_site.forget(warehouse.spectrum.connection)
    layouts.show(warehouse.spectrum.connection, "hosted")


def retype(site: Warehouse, **types: str) -> None:
    """Let Info-Link show columns of the transactions with other types."""
    for column, kind in types.items():
        own_site.say(site.spectrum.connection, HISTORY, column, type=kind)
    layouts.show(site.spectrum.connection, "own")


def cents(amount: str) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)


def verified(site: Warehouse) -> set[str]:
    """What `verify_staging` says of the transactions and their totals."""
    settings = infolink_settings()
    with Sources(settings.company("1"), infolink=site.spectrum.infolink) as sources:
        run = Run("verify_staging", "verify")
        return {result.status for result in verify(site.url, OBJECTS["job_costs"], run, sources, settings)}


@pytest.mark.parametrize("kind", ["money", "smallmoney", "float", "real"])
def test_o1_amounts_of_an_inexact_or_longer_type_are_cents_and_that_is_noted_once(site: Warehouse, kind: str) -> None:
    site.spectrum.alter(HISTORY, "alter column {} type numeric(19,6)", AMOUNT)
    for number, amount in enumerate(AMOUNTS, 1):
        site.spectrum.add(HISTORY, source_row(HISTORY, number, **{AMOUNT: amount, "Reference_1": amount}))
    retype(site, **{AMOUNT: kind})
    counts = site.sync("job_costs")["job_cost_transactions"]
    assert (counts.new, counts.rejected) == (len(AMOUNTS), 0)
    staged = site.query("select reference_1, tran_amount from spectrum.job_cost_transactions")
    assert dict(staged) == {amount: cents(amount) for amount in AMOUNTS}
    assert verified(site) == {"passed"}
    again = site.sync("job_costs")["job_cost_transactions"]
    assert (again.new, again.changed, again.deleted) == (0, 0, 0)
    noted = site.query("select detail from sync.drift where column_name = %s and resolved_at is null", AMOUNT)
    assert noted == [(f"is {kind}, expected a decimal; amounts are rounded to cents",)]


def test_o1_texts_of_several_collations_are_read_together(site: Warehouse) -> None:
    """SQL Server refuses to join them into one text, and so does the stand-in: each is given a stated collation."""
    for number in range(1, 5):
        site.spectrum.add(HISTORY, source_row(HISTORY, number, Description="Müller & Söhne", Vendor_Name="ÉTÉ"))
    retype(
        site,
        Description="varchar(30) COLLATE Latin1_General_CS_AS",
        Vendor_Name="nvarchar(40) COLLATE Latin1_General_BIN2",
        Job_Number="char(10) COLLATE SQL_Latin1_General_CP1_CI_AS",
    )
    assert site.sync("job_costs")["job_cost_transactions"].new == 4
    assert problems(site.look("job_cost_transactions"), "job_cost_transactions", ()) == []
    assert site.sync("job_costs")["job_cost_transactions"].new == 0, "fingerprints are those that were published"
    assert verified(site) == {"passed"}
