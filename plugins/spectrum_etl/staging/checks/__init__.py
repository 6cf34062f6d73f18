"""The data checks of a landed slice, run by Great Expectations before anything is published. Used by `staging`."""

from spectrum_etl.staging.checks.result import CheckResult
from spectrum_etl.staging.checks.run import run_checks
from spectrum_etl.staging.checks.suite import suite_of

__all__ = ["CheckResult", "run_checks", "suite_of"]
