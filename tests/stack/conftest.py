"""Fixtures of the stack's own tests."""

import io

import pytest
from rich.console import Console

from stack.progress import Progress


@pytest.fixture
def progress() -> Progress:
    """A progress that prints into the void, without a terminal."""
    return Progress(Console(file=io.StringIO(), width=160))
