"""Keeps the records of one answer until it is known to be whole: in memory while small, else in a temporary file."""

from __future__ import annotations

import hashlib
import marshal
import tempfile
from collections.abc import Iterator, Mapping
from types import TracebackType

from spectrum_etl.sources.sdx.services import record_key

_IN_MEMORY = 2 * 1024 * 1024
_BATCH = 256


class ServiceAnswer:
    """A whole answer: its records, and what makes it suspect.

    `warning` is set, and `tail_missing`, as `answer.AnswerSummary` has them. Close it when done; an unclosed one is
    removed with the object.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.count = 0
        self.warning: str | None = None
        self.blank_records = 0
        self.tail_missing = False
        self._digest = 0
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by close()
        self._blocks: list[tuple[int, int]] = []
        self._batch: list[dict[str, str]] = []

    def __enter__(self) -> ServiceAnswer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, record: dict[str, str]) -> None:
        """Keep one record."""
        self.count += 1
        key = "\x1f".join(record_key(self.service, record)).encode("utf-8", "surrogatepass")
        self._digest += int.from_bytes(hashlib.blake2b(key, digest_size=16).digest())
        self._batch.append(record)
        if len(self._batch) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        # marshal: these bytes are read only by this process, and it is several times as fast as JSON.
        block = marshal.dumps(self._batch)
        start = self._file.seek(0, 2)
        self._file.write(block)
        self._blocks.append((start, len(block)))
        self._batch = []

    def __iter__(self) -> Iterator[dict[str, str]]:
        """The records in the order of the answer."""
        for start, length in self._blocks:
            self._file.seek(start)
            yield from marshal.loads(self._file.read(length))
        yield from self._batch

    @property
    def keys_digest(self) -> tuple[int, int]:
        """Equal for two answers that hold the same keys, in any order: their count and the sum of their hashes."""
        return self.count, self._digest

    def keys(self) -> set[tuple[str, ...]]:
        """The keys of all records."""
        return {record_key(self.service, record) for record in self}

    def is_suspect(self, row_cap: int) -> bool:
        """Whether records may be missing: a warning row, or as many records as the cap, warning or not."""
        return self.warning is not None or self.count >= row_cap

    def close(self) -> None:
        """Drop the records."""
        self._file.close()
        self._batch = []


def values_of(record: Mapping[str, str], field: str) -> str:
    """A field's value, trimmed; blank when the record lacks it."""
    return record.get(field, "").strip()
