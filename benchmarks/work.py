"""What is measured, one piece a process: `python -m benchmarks.work`, arguments as JSON on standard input.

The process first imports what an Airflow task of ours imports before its own code runs; that is not measured.
"""

from __future__ import annotations

import importlib
import json
import logging
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
Work = Callable[[dict[str, Any]], dict[str, Any]]


def main() -> int:
    """Do the work that standard input names, and print what it took as the last line."""
    arguments = json.load(sys.stdin)
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    name = arguments.pop("work")
    module = {"parse": "parse", "collect": "exports"}.get(name, "sync")
    work: Work = getattr(importlib.import_module(f"benchmarks.work_{module}"), name)
    before, began = _cpu(), time.perf_counter()
    result = work(arguments)
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    result["imported_gx"] = "great_expectations" in sys.modules
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak_bytes(), "result": result}))
    return 0


def peak_bytes() -> int:
    """Largest resident memory of this process so far.

    From /proc: getrusage's ru_maxrss survives exec, so a child would begin with its parent's
    (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html, VmHWM).
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _cpu() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


if __name__ == "__main__":
    sys.exit(main())
