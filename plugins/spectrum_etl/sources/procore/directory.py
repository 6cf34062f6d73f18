"""The companies of Procore's directory, which its API calls vendors, as imports read and write them.

Sources: developers.procore.com/reference/rest (vendors, company inactive vendors) and
.../documentation/using-sync-actions. Writing needs the admin level of the company's Directory tool.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypedDict

from spectrum_etl.sources.faults import NotFound
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.ids import Id, company_scope, path_id
from spectrum_etl.sources.procore.rows import USUAL_BATCH, RowResult

Record = dict[str, Any]
_PATH = "/rest/v1.0/vendors"
_EXTENDED = {"view": "extended"}


class CompanyUpdate(TypedDict, total=False):
    """What one row of a sync call sets: a field that is left out stays, None empties it.

    With `id` the company of that id is changed, and its origin id set or replaced where one is given; else the one with
    this `origin_id`, which is created where there is none. State and country are codes of ISO 3166, or blank.
    """

    id: int
    origin_id: str | None
    origin_code: str | None
    origin_data: str | None
    name: str
    abbreviated_name: str | None
    address: str | None
    city: str | None
    state_code: str | None
    zip: str | None
    country_code: str | None
    business_phone: str | None
    fax_number: str | None
    email_address: str | None
    website: str | None
    is_active: bool


def companies(client: ProcoreClient) -> Iterator[Record]:
    """All companies of the directory with their origin fields, each once; inactive ones too, which `is_active` tells.

    They are asked for twice over: whether the list of companies shows inactive ones is not published.
    """
    seen: set[Any] = set()
    for records in (client.pages(_PATH, {**company_scope(client), **_EXTENDED}), inactive_companies(client)):
        for record in records:
            if record.get("id") not in seen:
                seen.add(record.get("id"))
                yield record


def inactive_companies(client: ProcoreClient) -> Iterator[Record]:
    """The inactive companies of the directory; this list knows no filters."""
    return client.pages(_inactive(client), _EXTENDED)


def changed_companies(client: ProcoreClient, since: datetime | None, until: datetime) -> Iterator[Record]:
    """Companies that were changed in a window, as far as the list shows them; see `ProcoreClient.updated`."""
    return client.updated(_PATH, {**company_scope(client), **_EXTENDED}, since, until)


def companies_by_origin(client: ProcoreClient, origin_id: str) -> list[Record]:
    """The companies that carry an origin id, exactly so: one, or none.

    What the filter lets through is compared again: a list that ignores it would give all.
    """
    params = {**company_scope(client), **_EXTENDED, "filters[origin_id]": origin_id}
    return [record for record in client.pages(_PATH, params) if record.get("origin_id") == origin_id]


def sync_companies(
    client: ProcoreClient,
    updates: Sequence[CompanyUpdate],
    *,
    run_validations: bool = False,
    batch: int = USUAL_BATCH,
) -> Iterator[RowResult]:
    """Create, link or change companies; see `ProcoreClient.sync_rows`.

    Args:
        client: of the Procore company.
        updates: each with `id` or `origin_id`.
        run_validations: whether fields that the company requires by its own setting are required here, too.
        batch: rows a call at first.
    """
    params = {"run_configurable_validations": run_validations}
    return client.sync_rows(f"{_PATH}/sync", company_scope(client), updates, params, batch)


def reactivate_company(client: ProcoreClient, vendor_id: Id) -> Record:
    """Make an inactive company active again, and return it. Repeating it does no harm.

    One that Procore does not find among the inactive ones is looked for among all: it was active already, or became so
    by a call whose answer was lost.

    Raises:
        NotFound: it is gone.
        Others as `ProcoreClient.patch`.
    """
    try:
        record: Record = client.patch(f"{_inactive(client)}/{path_id(vendor_id)}", None)
    except NotFound:
        record = client.get(f"{_PATH}/{path_id(vendor_id)}", {**company_scope(client), **_EXTENDED})
        if record.get("is_active") is not True:
            raise
    return record


def _inactive(client: ProcoreClient) -> str:
    return f"/rest/v1.0/companies/{client.company_id}/vendors/inactive"
