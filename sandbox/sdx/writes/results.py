"""The records a writing service answers with, and the exception that carries those of a refused call."""

from typing import NamedTuple


class Result(NamedTuple):
    """One record of an answer (`response_codes` in the reference): A, I and M refuse, G and a blank code accept."""

    code: str
    description: str
    column: str


class Refused(Exception):
    """A call that is not done; one record for every bad element."""

    def __init__(self, results: list[Result]) -> None:
        super().__init__("; ".join(f"{result.column}: {result.description}" for result in results))
        self.results = results


def aborted(description: str, column: str) -> Refused:
    """Return the refusal of a call that may not be made at all (code A)."""
    return Refused([Result("A", description, column)])
