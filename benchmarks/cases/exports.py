"""Random fault sequences of every export, over the real stand-ins: nothing may be written twice, nothing lost."""

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
    duplicates, lost = (sum(each) for each in zip(*((f.duplicates, len(f.lost)) for f in found), strict=True))
    bench.report.judge(
        f"{count} random fault sequences of each exported object: nothing written twice, nothing lost",
        f"{duplicates} duplicates, {lost} lost of {sum(f.sequences for f in found):,}",
        all(each.clean for each in found),
        " ".join(text for each in found for text in each.lost[:3]),
    )
    note = (
        "A sequence starts with an accepted record and sends it until it is over, each try under faults of the web"
        " services and of Procore, a third of them killed; then Spectrum, Procore and the ledger are compared with"
        " what was approved."
    )
    bench.report.tables.append(Table("Exports under random faults", HEAD, rows(found), note))
