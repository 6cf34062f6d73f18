"""Changes a share of the transactions, for benchmarks and tests of incremental staging (`python -m sandbox touch`)."""

from dataclasses import dataclass
from typing import Literal

from sandbox.data import schema
from sandbox.data.ledger_changes import LedgerChanges

Spread = Literal["recent", "uniform"]


@dataclass(frozen=True)
class TouchCounts:
    """How many transactions were changed, by kind."""

    edited_amounts: int
    edited_texts: int
    inserted: int
    deleted: int

    @property
    def total(self) -> int:
        """All changes together."""
        return self.edited_amounts + self.edited_texts + self.inserted + self.deleted


def touch(database_url: str, share: float, spread: Spread = "recent", seed: int = 1) -> TouchCounts:
    """Change a share of the transactions: 40 % amounts, 20 % texts, 25 % late postings, 15 % deletions.

    Args:
        database_url: the sandbox's PostgreSQL, loaded.
        share: changes divided by all transactions, above 0 and at most 1; drawn by chance, so about that many.
        spread: `recent` puts all changes into the newest two months with postings (at most as many changes as there
            are rows), `uniform` spreads them over all of history.
        seed: the same seed on the same data changes the same rows.

    Raises:
        ValueError: the share or the spread is out of bounds, or there are no transactions.
        psycopg.Error: the database refuses.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share={share} must be above 0 and at most 1: 0.001 changes one transaction in a thousand")
    if spread not in {"recent", "uniform"}:
        raise ValueError(f"spread={spread!r} must be recent or uniform")
    with schema.connect(database_url) as connection:
        if schema.is_empty(connection):
            raise ValueError("the sandbox database holds no business yet: run `python -m sandbox load` first")
        since = ""
        chance = share
        if spread == "recent":
            row = connection.execute(_RECENT).fetchone()
            if row is None or not row[2]:
                raise ValueError("there are no transactions to change: load some first")
            since, chance = str(row[0]), min(1.0, share * row[1] / row[2])
        changes = LedgerChanges(connection, f"touch/{seed}")
        changes.draw_share(chance, since)
        # Copies first, while the drawn rows still stand where they were drawn.
        inserted = changes.post_again("LATE", 12, 16)
        return TouchCounts(
            edited_amounts=changes.edit_amounts(0, 7),
            edited_texts=changes.edit_texts(8, 11),
            inserted=inserted,
            deleted=changes.delete(17, 19),
        )


# The flawed dates are not dates: the newest month is the business's own.
_RECENT = """
SELECT since, (SELECT count(*) FROM dbo."JC_TRANSACTION_HISTORY_MC"),
       (SELECT count(*) FROM dbo."JC_TRANSACTION_HISTORY_MC"
        WHERE "Tran_Date_Text" >= since AND "Reference_1" NOT LIKE 'FLAW%')
FROM (
    SELECT to_char(date_trunc('month', value::date) - interval '1 month', 'YYYYMMDD') AS since
    FROM sandbox.state WHERE name = 'as_of'
) AS newest
"""
