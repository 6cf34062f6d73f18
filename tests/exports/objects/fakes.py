"""Stand-ins for what the rules and documents of the exports look at: what Spectrum holds, links, settings, candidates.

Data alone, no behaviour of Spectrum: what Spectrum really holds and how it answers is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from spectrum_etl.exports.document import Call
from spectrum_etl.exports.spec import Broken, Candidate, Context, ExportObject, Rule
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company, Settings
from spectrum_etl.settings.exports import ExportSettings
from spectrum_etl.sources.faults import NotFound

COMPANY = Company(code="001", name="Demo", phase_category="STD", procore_company_id=9001)
JOB = "24404"
PROJECT = {"id": "501", "name": "River Tower", "number": "24-404", "origin_id": "001:24404", "origin_code": "24404"}


def phase(description: str = "Concrete", cost: str = "0.00", **others: str) -> dict[str, str]:
    """What Spectrum holds of one phase and cost type."""
    return {
        "Description": description,
        "Status_Code": "A",
        "Price_Method_Code": "F",
        "Original_Est_Cost": cost,
        "Unit_of_Measure": "",
        **others,
    }


@dataclass(eq=False)
class Spectrum:
    """`Spectrum` out of plain data."""

    job_rows: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            JOB: {
                "Job_Number": JOB,
                "Job_Description": "River Tower",
                "Status_Code": "A",
                "Division": "10",
                "Customer_Code": "CITY",
                "Cost_Center": "MAIN",
                "Price_Method_Code": "F",
                "Taxable_Flag": "N",
            }
        }
    )
    phase_rows: dict[str, dict[tuple[str, str], dict[str, str]]] = field(
        default_factory=lambda: {
            JOB: {("03100", "L"): phase(), ("03100", "M"): phase(), ("09200", "S"): phase("Drywall")}
        }
    )
    vendor_rows: list[dict[str, str]] = field(default_factory=list)
    requests: dict[str, set[str]] = field(default_factory=dict)
    items: dict[str, dict[str, dict[str, str]]] | None = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)
    prime_contracts: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    statuses: set[str] = field(default_factory=lambda: {"A", "P"})
    types: set[str] = field(default_factory=lambda: {"L", "M", "S"})
    records: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    hidden: dict[str, list[str]] = field(default_factory=dict)
    projected: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    later_projections: bool = True

    def current_values(self, service: str, key: Mapping[str, str]) -> dict[str, str] | None:
        return self.records.get((service, *key.values()))

    def all_current_values(self, calls: Sequence[Call]) -> list[dict[str, str] | None]:
        return [self.current_values(call.service, call.key) for call in calls]

    def can_read_back(self, service: str, key: Mapping[str, str] | None = None) -> bool:
        return service not in self.unreadable

    def unread(self, call: Call) -> list[str]:
        return self.hidden.get(call.service, [])

    def last_projections(self, job: str) -> dict[tuple[str, str], str]:
        return self.projected.get(job, {})

    def shows_later_projections(self) -> bool:
        return self.later_projections

    def vendors(self) -> list[dict[str, str]]:
        return self.vendor_rows

    def job(self, number: str) -> dict[str, str] | None:
        return self.job_rows.get(number)

    def phases(self, job: str) -> dict[tuple[str, str], dict[str, str]]:
        return self.phase_rows.get(job, {})

    def subcontract(self, vendor: str, number: str) -> dict[str, str] | None:
        for (service, *key), row in self.records.items():
            if service == "UpdateSubcontract" and [part.lower() for part in key[1:]] == [
                vendor.lower(),
                number.lower(),
            ]:
                return {"Vendor_Code": key[1], "Subcontract_Number": key[2], **row}
        return None

    def contracts(self, job: str) -> list[dict[str, str]]:
        return self.prime_contracts.get(job, [])

    def change_request_numbers(self, job: str) -> set[str]:
        return self.requests.get(job, set())

    def billing_items(self, job: str) -> dict[str, dict[str, str]] | None:
        return None if self.items is None else self.items.get(job, {})

    def original_contract(self, job: str) -> str | None:
        items = (self.items or {}).get(job, {}).values()
        amounts = [Decimal(item["Original_Contract"]) for item in items if "Original_Contract" in item]
        return f"{sum(amounts):.2f}" if amounts else self.originals.get(job)

    def status_codes(self) -> set[str]:
        return self.statuses

    def cost_types(self) -> set[str]:
        return self.types


@dataclass
class Links:
    """`spec.Links` out of `(object, company, record) -> Spectrum key`."""

    keys: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def spectrum_key(self, object_name: str, company: str, record: str) -> str | None:
        return self.keys.get((object_name, company, record))

    def procore_record(self, object_name: str, company: str, spectrum_key: str) -> str | None:
        for (name, code, record), key in self.keys.items():
            if (name, code, key) == (object_name, company, spectrum_key):
                return record
        return None


def exports(**changed: Any) -> ExportSettings:
    """The exports part of the settings; `changed` as it would stand in the file."""
    return ExportSettings.model_validate(
        {
            "vendor_types": ["SUB", "SUPPL"],
            "template_job": {"001": JOB},
            "change_request_status": {
                "budget_change": "A",
                "commitment_change_order": "A",
                "prime_contract_change_order": "A",
            },
            "subcontract_gl_account": {"001": "5000"},
            "forecast_projects": ["501"],
            **changed,
        }
    )


def context(spectrum: Spectrum | None = None, links: Links | None = None, **settings: Any) -> Context:
    """A context over fakes; `settings` changes the exports part of the settings."""
    return Context(
        COMPANY, Settings(companies=(COMPANY,), exports=exports(**settings)), spectrum or Spectrum(), links or Links()
    )


def line(
    phase: str = "03100", cost_type: str = "L", amount: str = "100.00", position: int = 1, **others: Any
) -> dict[str, Any]:
    """One line as `facts.line_facts` gives it."""
    return {
        "id": str(position),
        "name": f"line {position}",
        "description": "Forms",
        "amount": amount,
        "code": f"{phase}.{cost_type}",
        "phase": phase,
        "cost_type": cost_type,
        "segments": [],
        **others,
    }


def candidate(content: dict[str, Any], title: str = "Record 7", record: str = "7", project: str = "501") -> Candidate:
    """A candidate of the demo company; `project` facts are added unless the content has its own."""
    whole = {"project": dict(PROJECT), **content} if project else dict(content)
    return Candidate(RecordId("001", project, record), title, whole)


class Rules:
    """The rules of an object by the names of their checks, each with its number and what it is given."""

    def __init__(self, obj: ExportObject) -> None:
        self._rules: list[Rule] = [*obj.rules, *obj.form_rules]

    def __getattr__(self, name: str) -> Rule:
        """The one rule of that name."""
        (found,) = [rule for rule in self._rules if rule.name == name]
        return found


def numbers(broken: Iterable[Broken]) -> list[str]:
    """The numbers of the rules that are broken, after a look at what every message has to say."""
    found = list(broken)
    for one in found:
        assert one.message
        assert one.fix
        assert one.field
    return [one.rule for one in found]


class Procore:
    """What stands in for the client: answers by path, and what was written.

    Args:
        answers: path -> what Procore sends; a path that is not there is not found.
    """

    company_id = "9001"

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.written: list[tuple[str, str, Any]] = []

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        if path not in self.answers:
            raise NotFound("there is no such record", object=path)
        return self.answers[path]

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        yield from self.answers.get(path, [])

    def patch(self, path: str, body: Any, params: Mapping[str, Any] | None = None) -> None:
        self.written.append(("patch", path, body))

    def sync(self, path: str, scope: Mapping[str, Any], updates: Any) -> list[dict[str, Any]]:
        self.written.append(("sync", path, list(updates)))
        return []
