"""Great Expectations is imported without libraries that none of our checks uses: every check pays for its import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
_IMPORTED = """
import sys
from spectrum_etl.staging.checks import expectations
from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as drawing
assert "scipy.stats" not in sys.modules and "altair" not in sys.modules, "imported though nothing of them was used"
assert drawing.stats.norm.cdf(0) == 0.5, "what is used after all is there"
assert "altair" not in sys.modules
import altair, scipy.stats
assert drawing.alt.Chart is altair.Chart and drawing.stats.norm is scipy.stats.norm
from scipy import stats
assert stats.norm is scipy.stats.norm
"""


def test_what_no_check_uses_is_imported_when_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTED],
        env={"PYTHONPATH": str(PLUGINS), "GX_ANALYTICS_ENABLED": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
