"""The section `exports` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from spectrum_etl.settings.shape import Strict

#: Airflow refuses to map a task over more than `core.max_map_length` elements, 1024 unless it is configured otherwise.
RECORDS_PER_RUN_LIMIT = 1000

#: A Spectrum change request status: at most 2 characters, as the service ARChangeRequest takes it.
StatusCode = Annotated[str, Field(min_length=1, max_length=2)]
Id = Annotated[str, Field(min_length=1)]


class Approver(Strict):
    """Somebody who may accept exports (A7), or plans of imports (N2).

    Args:
        id: user id in Airflow's auth manager, as its human-in-the-loop answers carry it.
        name: for people.
    """

    id: Id
    name: str


def _differ(approvers: tuple[Approver, ...]) -> tuple[Approver, ...]:
    ids = [approver.id for approver in approvers]
    if len(set(ids)) != len(ids):
        raise ValueError(f"a user id is listed twice in {ids}")
    return approvers


#: Checked by itself, not with the whole: an error elsewhere must not keep this one from being reported.
Approvers = Annotated[tuple[Approver, ...], AfterValidator(_differ)]


class VendorTerms(Strict):
    """Payment terms that a new vendor gets; the service AddVendor takes no vendor without them.

    Args:
        terms_code: the days count from the invoice (`A`) or from the first of the next month (`B`).
        terms_days: days until a payment is due.
        discount_code: the same choice for the days of a discount.
    """

    terms_code: Literal["A", "B"] = "A"
    terms_days: int = Field(default=30, ge=1, le=999)
    discount_code: Literal["A", "B"] = "A"


class ChangeRequestStatus(Strict):
    """The status that change requests get in Spectrum, by what they were in Procore."""

    budget_change: StatusCode | None = None
    commitment_change_order: StatusCode | None = None
    prime_contract_change_order: StatusCode | None = None


class ExportSettings(Strict):
    """Everything below `exports:` in `include/settings.yaml`, which says what each value means."""

    approvers: Approvers = ()
    max_records_per_run: int = Field(default=500, ge=1, le=RECORDS_PER_RUN_LIMIT)
    server_time_limit: float = Field(default=300, ge=0, le=3600)
    vendor_types: tuple[str, ...] = ()
    vendor_terms: VendorTerms = VendorTerms()
    propose_contract_number: bool = True
    propose_change_order_number: bool = True
    template_job: dict[str, Id] = Field(default_factory=dict)
    template_taxable: dict[str, Literal["Y", "N"]] = Field(default_factory=dict)
    connected_on: date | None = None
    change_request_status: ChangeRequestStatus = ChangeRequestStatus()
    subcontract_gl_account: dict[str, Id] = Field(default_factory=dict)
    standard_cost_code_list: Id = "Spectrum Standard Cost Codes"
    budget_view: Id = "Procore Standard Budget"
    forecast_column: Id = "Estimated Cost at Completion"
    forecast_projects: tuple[Id, ...] = ()

    def may_approve(self, user_id: str) -> bool:
        """Whether this user of Airflow may answer approvals (A7)."""
        return any(approver.id == user_id for approver in self.approvers)
