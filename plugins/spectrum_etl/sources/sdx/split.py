"""Divides a request whose answer may be incomplete into requests that provably cover it.

The proof: SuperSelect's exclusion `#v` selects everything but `v`, blanks included, so `v` and `#v` together cover the
request. A blank division or cost center cannot be asked for, and pCost_Center knows no exclusion: a list of exact
values would miss those rows. That the installation treats an exclusion so is checked each time: every record of the
incomplete answer has to be found again. Source of SuperSelect: see `services`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spectrum_etl.errors import StopSync
from spectrum_etl.sources.sdx.faults import ServiceCall
from spectrum_etl.sources.sdx.services import Filter, is_plain, record_key
from spectrum_etl.sources.sdx.soap import Soap
from spectrum_etl.sources.sdx.spool import ServiceAnswer, values_of

#: Divisions of one request before it is given up: by then Info-Link is the better reader.
MAX_SPLITS = 400


class CapReached(StopSync):
    """An answer may be incomplete, and no request that provably covers it is left."""


class ChangedBetweenCalls(StopSync):
    """A record of the first answer was not found again in its parts."""


@dataclass(frozen=True)
class Leaf:
    """One request that was answered in full."""

    parameters: Mapping[str, str]
    answer: ServiceAnswer


@dataclass
class Splitter:
    """Reads one request in full, in as many parts as needed.

    Args:
        soap: asks.
        service: the service.
        filters: parameters that can divide a request.
        known: records by key with the fields that this service's own records lack (GetJobDates returns no division).
    """

    soap: Soap
    service: str
    filters: Sequence[Filter]
    known: Mapping[tuple[str, ...], Mapping[str, str]] = field(default_factory=dict)
    splits: int = 0

    def read(self, parameters: Mapping[str, str]) -> list[Leaf]:
        """All parts of a request, each answered in full.

        Args:
            parameters: of the request.

        Raises:
            CapReached: it cannot be divided any further.
            ChangedBetweenCalls: the parts lack a record of the whole.
            SpectrumEtlError: as `Soap.ask`.
        """
        answer = self.soap.ask(self.service, parameters)
        if not answer.is_suspect(self.soap.connection.row_cap):
            return [Leaf(parameters, answer)]
        try:
            self.splits += 1
            leaves = [leaf for part in self._parts(parameters, answer) for leaf in self._read_part(part, parameters)]
            self._prove(parameters, answer, leaves)
        finally:
            answer.close()
        return leaves

    def _parts(self, parameters: Mapping[str, str], answer: ServiceAnswer) -> list[dict[str, str]]:
        if "pStatus_Code" in parameters and not parameters["pStatus_Code"]:
            # Documented: a blank status means active and inactive.
            return [{**parameters, "pStatus_Code": status} for status in ("A", "I")]
        choice = self._choice(parameters, answer)
        if choice is None or self.splits > MAX_SPLITS:
            raise cap_reached(self.service, parameters, answer, self.soap.connection.row_cap)
        name, value, exclusion = choice
        return [{**parameters, name: value}, {**parameters, name: exclusion}]

    def _choice(self, parameters: Mapping[str, str], answer: ServiceAnswer) -> tuple[str, str, str] | None:
        """Parameter, value and exclusion that halve the records seen best.

        Both halves have to be among the records seen, so that the check afterwards proves something.
        """
        best: tuple[float, tuple[str, str, str]] | None = None
        for one in self.filters:
            present = parameters.get(one.parameter, "")
            if present and not present.startswith("#"):
                continue
            counts = Counter(self._value(record, one) for record in answer)
            for value, count in sorted(counts.items()):
                exclusion = f"{present},{value}" if present else f"#{value}"
                if not is_plain(value) or count == answer.count or len(exclusion) > one.limit:
                    continue
                distance = abs(count - answer.count / 2)
                if best is None or distance < best[0]:
                    best = distance, (one.parameter, value, exclusion)
        return best[1] if best else None

    def _value(self, record: Mapping[str, str], one: Filter) -> str:
        if one.field in record:
            return values_of(record, one.field)
        return values_of(self.known.get(record_key(self.service, record), {}), one.field)

    def _read_part(self, part: dict[str, str], whole: Mapping[str, str]) -> Iterator[Leaf]:
        """A part's leaves, once they are seen to hold what was asked for."""
        name = next(name for name in part if part[name] != whole.get(name, ""))
        one = next((one for one in self.filters if one.parameter == name), None)
        leaves = self.read(part)
        if one is not None:
            asked = part[name].lstrip("#").casefold().split(",")
            excluded = part[name].startswith("#")
            for leaf in leaves:
                for record in leaf.answer:
                    value = self._value(record, one).casefold()
                    if (value in asked) is excluded and (one.field in record or value):
                        raise self._ignored(part, name, value)
        yield from leaves

    def _prove(self, parameters: Mapping[str, str], answer: ServiceAnswer, leaves: Sequence[Leaf]) -> None:
        missing = answer.keys()
        for leaf in leaves:
            missing -= leaf.answer.keys()
        if not missing:
            return
        call = ServiceCall(self.service, parameters)
        raise ChangedBetweenCalls(
            f"{len(missing)} of the {answer.count} records of the request ({call.filters}) were not in the parts "
            "it was divided into",
            object=self.service,
            company=call.company,
            record=" ".join(sorted(missing)[0]),
            remedy="run the task again; if it persists, this installation reads SuperSelect's exclusion (#) "
            "differently: set the reader of this object to infolink in include/settings.yaml",
        )

    def _ignored(self, part: Mapping[str, str], name: str, value: str) -> StopSync:
        call = ServiceCall(self.service, part)
        return StopSync(
            f"the answer ({call.filters}) holds a record with {value or 'a blank value'}: the filter was not applied",
            object=self.service,
            company=call.company,
            field=name,
            value=part[name],
            remedy="set the reader of this object to infolink in include/settings.yaml",
        )


def cap_reached(service: str, parameters: Mapping[str, str], answer: ServiceAnswer, row_cap: int) -> CapReached:
    """The error that says that an answer may be incomplete."""
    call = ServiceCall(service, parameters)
    warned = f" and a warning row ({answer.warning})" if answer.warning is not None else ""
    return CapReached(
        f"the answer ({call.filters}) has {answer.count} records{warned}, so it may be incomplete, and there is no way "
        "left to divide the request so that nothing is missed",
        object=service,
        company=call.company,
        limit=f"fewer than {row_cap} records and no warning row",
        remedy="set the reader of this object to infolink in include/settings.yaml",
    )
