"""The data checks of a landed slice, run by Great Expectations before anything is published."""

from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.staging.checks.run import open_suites, preload_checks, run_checks
from spectrum_etl.staging.checks.suite import suite_of

__all__ = ["CheckResult", "open_suites", "preload_checks", "run_checks", "suite_of"]
