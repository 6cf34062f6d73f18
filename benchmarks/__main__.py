"""Measures everything and writes benchmarks/RESULTS.md: `python -m benchmarks`, which is `make bench`.

Takes about an hour and 20 GB below /var/tmp at full size. `--quick` takes minutes and proves nothing but that it
runs; it and `--only` write to .cache/bench-results.md, so that results of a whole run stay what they are.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import ROOT

# The library is imported from its folder, as Airflow does it.
sys.path.insert(0, str(ROOT / "plugins"))

from benchmarks.bench import Bench, Sizes
from benchmarks.cases import (
    approvals,
    calls,
    codes,
    demo,
    exports,
    full,
    growth,
    incremental,
    marts,
    memory,
    page,
    parse,
    unchanged,
    wip,
)
from benchmarks.lab import Lab
from benchmarks.report import Report

CASES: dict[str, Callable[[Bench], None]] = {
    "parse": parse.run,
    "calls": calls.run,
    "codes": codes.run,
    "full": full.run,
    "incremental": incremental.run,
    "growth": growth.run,
    "marts": marts.run,
    "wip": wip.run,
    "memory": memory.run,
    "exports": exports.run,
    "approvals": approvals.run,
    "unchanged": unchanged.run,
    "page": page.run,
    "demo": demo.run,
}
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
OTHER_RESULTS = ROOT / ".cache" / "bench-results.md"
_QUICK = Sizes(
    rows=50_000, large=100_000, site=20_000, codes=5_000, sdx_jobs=40, repeats=1, sequences=5, approvals=10, unready=500
)


def main(words: Sequence[str]) -> int:
    """Measure.

    Args:
        words: of the command line.

    Returns:
        0 when everything could be measured, whether the targets are met or not; else 1.
    """
    options = _parser().parse_args(words)
    chosen = [name for name in CASES if name in options.only]
    if options.quick and options.only == list(CASES):
        chosen.remove("demo")  # minutes, whatever the size
    default = _QUICK if options.quick else Sizes()
    given = {name: getattr(options, name) for name in ("rows", "large", "codes", "repeats", "sequences")}
    sizes = replace(default, **{name: value for name, value in given.items() if value})
    whole = sizes == Sizes() and chosen == list(CASES)
    output = options.output or (RESULTS if whole else OTHER_RESULTS)
    report = Report(f"{sizes.rows:,} and {sizes.large:,} transactions; medians of {sizes.repeats} where repeated")
    with Lab() as lab:
        bench = Bench(lab, sizes, report)
        for name in chosen:
            try:
                CASES[name](bench)
            # One case that fails must not cost the half hour of the others; it is reported, and the code says so.
            except Exception as error:  # noqa: BLE001
                traceback.print_exc()
                report.failures.append(f"{name}: {type(error).__name__}: {error}")
            report.write(output)
    print(f"\n{report.markdown()}\nwritten to {os.path.relpath(output)}")
    return 1 if report.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure, beside dlt and the bare driver."
    )
    parser.add_argument("--rows", type=int, help="transactions of the full load (default: 1,000,000)")
    parser.add_argument("--large", type=int, help="transactions of the incremental loads (default: 5,000,000)")
    parser.add_argument("--codes", type=int, help="project cost codes (default: 100,000)")
    parser.add_argument("--repeats", type=int, help="runs of what is repeated, of which the median counts (default: 3)")
    parser.add_argument("--sequences", type=int, help="random fault sequences of each export (default: 500)")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works; without the demo")
    parser.add_argument(
        "--only", type=_names, default=list(CASES), metavar="CASES", help=f"some of {','.join(CASES)}, by commas"
    )
    parser.add_argument("--output", type=Path, help="where the report is written")
    return parser


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in CASES]:
        raise argparse.ArgumentTypeError(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    return names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
