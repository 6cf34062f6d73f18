"""Changes to posted job cost transactions: edits, reversals, late and back-dated copies, deletions.

Used by the month of business and by `touch` of the benchmarks. Rows are drawn by a hash of their place and a salt:
the same load and salt draw the same rows. The flawed rows are never drawn: they stay what `flaws.py` says.
"""

from typing import Any

from psycopg import Connection

from sandbox.data.schema import TRANSACTIONS, run
from sandbox.data.tables import tables

# Draws go by what a row holds, never by where it lies: the database moves rows when it vacuums, a seed must not.
_NEW_DRAW = "CREATE TEMP TABLE IF NOT EXISTS drawn (place tid, kind integer) ON COMMIT DROP"
_CLEAR_DRAW = "TRUNCATE drawn"

_DRAW_COUNT = """
INSERT INTO drawn (place, kind)
SELECT ctid, 0
FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran
WHERE "Tran_Date_Text" >= %(since)s AND "Tran_Date_Text" < %(until)s AND "Reference_1" NOT LIKE 'FLAW%%'
ORDER BY hashtextextended(tran::text || %(salt)s, 0), tran::text
LIMIT %(count)s
"""

# One pass without a sort: every row is drawn with the given chance, and its kind is another digit of the same hash.
_DRAW_CHANCE = """
INSERT INTO drawn (place, kind)
SELECT place, (hash / 1000000007) %% 20
FROM (
    SELECT ctid AS place, abs(hashtextextended(tran::text || %(salt)s, 0) / 2) AS hash
    FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran
    WHERE "Tran_Date_Text" >= %(since)s AND "Reference_1" NOT LIKE 'FLAW%%'
) AS hashed
WHERE hash %% 1000000007 < %(chance)s
"""

_EDIT_TEXT = """
UPDATE dbo."JC_TRANSACTION_HISTORY_MC" AS tran
SET "Description" = left('Corr. ' || coalesce(tran."Description", ''), 30)
FROM drawn
WHERE tran.ctid = drawn.place AND drawn.kind BETWEEN %(low)s AND %(high)s
"""

_EDIT_AMOUNT = """
UPDATE dbo."JC_TRANSACTION_HISTORY_MC" AS tran
SET "Tran_Amount" = tran."Tran_Amount" + 10
FROM drawn
WHERE tran.ctid = drawn.place AND drawn.kind BETWEEN %(low)s AND %(high)s
"""

# Two rows of one job and month change in opposite directions: count and sum stay, the rows do not.
_EDIT_PAIRS = """
WITH groups AS (
    SELECT DISTINCT tran."Company_Code" AS company, tran."Job_Number" AS job, left(tran."Tran_Date_Text", 6) AS month
    FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran
    JOIN drawn ON tran.ctid = drawn.place
), numbered AS (
    SELECT tran.ctid AS place,
           row_number() OVER (PARTITION BY groups.company, groups.job, groups.month ORDER BY tran::text) AS number,
           count(*) OVER (PARTITION BY groups.company, groups.job, groups.month) AS rows
    FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran
    JOIN groups ON tran."Company_Code" = groups.company AND tran."Job_Number" = groups.job
               AND left(tran."Tran_Date_Text", 6) = groups.month
)
UPDATE dbo."JC_TRANSACTION_HISTORY_MC" AS tran
SET "Tran_Amount" = tran."Tran_Amount" + CASE numbered.number WHEN 1 THEN 10 ELSE -10 END
FROM numbered
WHERE tran.ctid = numbered.place AND numbered.rows >= 2 AND numbered.number <= 2
"""

_DELETE = """
DELETE FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran
USING drawn
WHERE tran.ctid = drawn.place AND drawn.kind BETWEEN %(low)s AND %(high)s
"""

# A new posting like an old one; these columns get another value, the rest is copied.
_CHANGED = {
    "Tran_Date_Text": 'coalesce(%(day)s, "Tran_Date_Text")',
    "Tran_Date_Text_Year": 'coalesce(left(%(day)s, 4), "Tran_Date_Text_Year")',
    "Tran_Date_Text_Period": 'coalesce(substr(%(day)s, 5, 2), "Tran_Date_Text_Period")',
    "Reference_1": """CASE WHEN %(reverse)s THEN "Reference_1" ELSE left(%(batch)s || "Reference_1", 15) END""",
    "Tran_Amount": """CASE WHEN %(reverse)s THEN -"Tran_Amount" ELSE round("Tran_Amount" * 1.07 + 1, 2) END""",
    **{
        name: f'CASE WHEN %(reverse)s THEN -"{name}" ELSE "{name}" END'
        for name in ("Total_Hours", "Quantity", "PR_Hours1", "PR_Hours2", "PR_Hours3")
    },
    "Description": """CASE WHEN %(reverse)s THEN 'Reversal' ELSE "Description" END""",
    "Batch_Code": "%(batch)s",
}
_NAMES = [column.name for column in tables()[TRANSACTIONS].columns]
_INSERT_LIKE = f"""
INSERT INTO dbo."JC_TRANSACTION_HISTORY_MC" ({", ".join(f'"{name}"' for name in _NAMES)})
SELECT {", ".join(_CHANGED.get(name, f'"{name}"') for name in _NAMES)}
FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran
JOIN drawn ON tran.ctid = drawn.place
WHERE drawn.kind BETWEEN %(low)s AND %(high)s
"""  # noqa: S608 - the names are the reference's

_ALL_KINDS = {"low": 0, "high": 19}
CHANCES = 1_000_000_007


class LedgerChanges:
    """Draws transactions and changes them.

    Args:
        connection: the sandbox database; the caller commits, and the drawn rows are forgotten then.
        salt: the same salt on the same load draws the same rows.
    """

    def __init__(self, connection: Connection[Any], salt: str) -> None:
        self._connection = connection
        self._salt = salt
        connection.execute(_NEW_DRAW)

    def draw(self, count: int, purpose: str, since: str = "", until: str = "99999999") -> None:
        """Draw `count` rows dated from `since` to before `until` (YYYYMMDD), forgetting the ones drawn before."""
        self._connection.execute(_CLEAR_DRAW)
        values = {"count": count, "since": since, "until": until, "salt": f"{self._salt}/{purpose}"}
        self._connection.execute(_DRAW_COUNT, values)

    def draw_share(self, chance: float, since: str = "") -> None:
        """Draw every row dated `since` or later with `chance` (0 to 1), each with a kind from 0 to 19."""
        self._connection.execute(_CLEAR_DRAW)
        values = {"chance": int(chance * CHANCES), "since": since, "salt": self._salt}
        self._connection.execute(_DRAW_CHANCE, values)

    def edit_texts(self, low: int = 0, high: int = 19) -> int:
        """Change the description of the drawn rows of the kinds `low` to `high`; returns the number of rows."""
        return self._connection.execute(_EDIT_TEXT, {"low": low, "high": high}).rowcount

    def edit_amounts(self, low: int = 0, high: int = 19) -> int:
        """Add ten dollars to each drawn row of the kinds; returns the number of rows."""
        return self._connection.execute(_EDIT_AMOUNT, {"low": low, "high": high}).rowcount

    def edit_compensating_pairs(self) -> int:
        """Change two rows of each drawn row's job and month in opposite directions; returns the number of rows."""
        return self._connection.execute(_EDIT_PAIRS).rowcount

    def delete(self, low: int = 0, high: int = 19) -> int:
        """Delete the drawn rows of the kinds; returns the number of rows."""
        return self._connection.execute(_DELETE, {"low": low, "high": high}).rowcount

    def reverse(self, day: str) -> int:
        """Post the opposite of each drawn row on `day` (YYYYMMDD); returns the number of rows."""
        values = {"day": day, "reverse": True, "batch": "REV", **_ALL_KINDS}
        return run(self._connection, _INSERT_LIKE, values).rowcount

    def post_again(self, batch: str, low: int = 0, high: int = 19) -> int:
        """Post a similar cost beside each drawn row of the kinds, with its date; returns the number of rows."""
        values = {"day": None, "reverse": False, "batch": batch, "low": low, "high": high}
        return run(self._connection, _INSERT_LIKE, values).rowcount
