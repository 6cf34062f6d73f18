"""Folders of clusters: those in use stay, those of killed processes go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import clusters

_KILLED = """
import os, sys
from pathlib import Path
from tests import clusters
clusters._has_room = lambda: False
clusters._DISK = Path(sys.argv[1])
held = clusters.cluster_folder()
held.__enter__()
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_has_room", lambda: False)
    monkeypatch.setattr(clusters, "_DISK", tmp_path)
    with clusters.cluster_folder() as ours:
        command = [sys.executable, "-c", _KILLED, str(tmp_path)]
        subprocess.run(command, cwd=Path(__file__).resolve().parents[1], check=False, timeout=60)
        assert len(list(tmp_path.iterdir())) == 2
        with clusters.cluster_folder() as other:
            assert sorted(tmp_path.iterdir()) == sorted([ours, other])
    assert list(tmp_path.iterdir()) == []
