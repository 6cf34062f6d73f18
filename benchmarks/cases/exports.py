"""Random fault sequences of every export over the real stand-ins: nothing is written twice, lost, merged or stuck."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.report import Table


def run(bench: Bench) -> None:
    """Count and report."""
    # The tests' own stage: it needs their dependencies, which no other case does.
    from spectrum_etl.exports.objects.registry import NAMES
    from tests.exports.endtoend.sequences import HEAD, rows, run
    from tests.exports.endtoend.stage import open_stage

    count, found = bench.sizes.sequences, []
    with open_stage(bench.lab.postgres) as stage:
        for name in NAMES:
            bench.say(f"{count} random fault sequences of {name}")
            found.append(run(stage, name, count))
    wrong = {
        "duplicates": sum(each.duplicates for each in found),
        "lost": sum(len(each.lost) for each in found),
        "merged": sum(len(each.merged) for each in found),
        "stuck": sum(len(each.stuck) for each in found),
    }
    bench.report.judge(
        f"{count} random fault sequences of each exported object: nothing written twice, lost, merged or stuck",
        f"{', '.join(f'{number} {what}' for what, number in wrong.items())} of {sum(f.sequences for f in found):,}",
        all(each.clean for each in found),
        " ".join(text for each in found for text in (*each.lost[:3], *each.merged[:3], *each.stuck[:3])),
    )
    note = (
        "A sequence starts with a record, and in two of three with a second one that wants its number; they are"
        " accepted and sent until they are over, each try under faults of the web services and of Procore, a third of"
        " them killed, a quarter made by two runs at once, one answer in twenty up to 4 s late; then Spectrum, Procore"
        " and the ledger are compared with what was approved."
    )
    bench.report.tables.append(Table("Exports under random faults", HEAD, rows(found), note))
