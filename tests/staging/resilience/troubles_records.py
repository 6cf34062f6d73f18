"""Records that are wrong at the source: listed, held back or noted, and everything else goes on. Used by `troubles`."""

# ruff: noqa: S608  queries are put together from names in this file

from __future__ import annotations

import random
from dataclasses import replace

from tests.staging.resilience.harness import World
from tests.staging.resilience.trouble import Trouble, armed

#: What the stand-in stores where it sends CHAR(0).
_NUL = "\u2400"


def forbidden(chance: random.Random, by_sdx: tuple[str, ...]) -> Trouble:
    """A character that XML cannot carry, in the texts of what the web services read this month."""
    style = chance.choice(("reference", "raw", "surrogate", "bytes"))
    texts = {
        "jobs": ("JC_JOB_MASTER_MC", "Job_Description"),
        "project_cost_codes": ("JC_PHASE_MASTER_MC", "Description"),
        "vendors": ("VN_VENDOR_MASTER_MC", "Vendor_Name"),
        "job_cost_totals": ("JC_PHASE_MASTER_MC", "Description"),
    }
    chosen = {texts[table] for table in by_sdx}

    def begin(world: World) -> None:
        for table, column in sorted(chosen):
            world.change(f"""UPDATE "{table}" SET "{column}" = left("{column}", 5) || chr(27) || '#'""")

    def repair(world: World) -> None:
        for table, column in sorted(chosen):
            world.change(f"""UPDATE "{table}" SET "{column}" = replace("{column}", chr(27), '')""")

    tasks = armed("sdx_forbidden", style)
    title = f"characters that XML cannot carry, written as {style}"
    return Trouble(title, "listed", tasks=tasks, begin=begin, repair=repair, must_tell=False)


def char_zero(_: random.Random, __: tuple[str, ...]) -> Trouble:
    """CHAR(0) in the key of one phase, and in the texts of postings."""
    phase = """UPDATE "JC_PHASE_MASTER_MC" SET "Phase_Code" = btrim("Phase_Code") || %s
        WHERE btrim("Company_Code") = '2' AND ("Job_Number", "Phase_Code", "Cost_Type") = (
            SELECT "Job_Number", "Phase_Code", "Cost_Type" FROM "JC_PHASE_MASTER_MC"
            WHERE btrim("Company_Code") = '2' ORDER BY 1, 2, 3 LIMIT 1)"""
    text = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Description" = left("Description", 8) || %s
        WHERE right("Tran_Date_Text", 2) = '15'"""

    def begin(world: World) -> None:
        assert world.change(phase, _NUL) == 1
        assert world.change(text, _NUL + "!") > 1

    def repair(world: World) -> None:
        for table, column in (("JC_PHASE_MASTER_MC", "Phase_Code"), ("JC_TRANSACTION_HISTORY_MC", "Description")):
            world.change(f"""UPDATE "{table}" SET "{column}" = replace("{column}", %s, '')""", _NUL)

    title = "Info-Link sends CHAR(0) in the key of a phase, and in texts"
    return Trouble(title, "listed", tasks=armed("infolink_nul"), begin=begin, repair=repair)


def spoiled(_: random.Random, __: tuple[str, ...]) -> Trouble:
    """A job and month whose postings all hold CHAR(0) in their phase: its last good version stays."""
    spoil = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Phase_Code" = btrim("Phase_Code") || %s
        WHERE btrim("Company_Code") = '1' AND (btrim("Job_Number"), left("Tran_Date_Text", 6)) = (
            SELECT btrim("Job_Number"), left("Tran_Date_Text", 6) FROM "JC_TRANSACTION_HISTORY_MC"
            WHERE btrim("Company_Code") = '1' AND "Tran_Date_Text" < '202607'
            GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1)"""
    mend = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Phase_Code" = replace("Phase_Code", %s, '')"""
    strict = {"max_rejected_rows": 5}

    def begin(world: World) -> None:
        assert world.change(spoil, _NUL) > strict["max_rejected_rows"]

    return Trouble(
        "a month of postings holds CHAR(0) in its phases", "listed", tasks=armed("infolink_nul"), begin=begin,
        repair=lambda world: world.change(mend, _NUL),
        world=lambda world: replace(world, settings=world.settings.model_copy(update=strict)),
    )  # fmt: skip
