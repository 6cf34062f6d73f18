"""One module a case. Each has `run(bench)`, which measures and adds tables and targets to `bench.report`."""
