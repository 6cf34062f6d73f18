"""Vendors, which become companies of Procore's directory (N3, N4, C1 to C3, C6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from spectrum_etl.imports.match import Party, Suggestion, Thresholds, suggest
from spectrum_etl.imports.spec import Field, ImportObject
from spectrum_etl.settings.imports import VendorImports
from spectrum_etl.sources.faults import NotFound
from spectrum_etl.sources.procore import directory, resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.directory import CompanyUpdate
from spectrum_etl.sources.procore.rows import Row
from spectrum_etl.staging.objects.vendors import VENDORS


def read_one(client: ProcoreClient, record: str) -> dict[str, Any] | None:
    """One company; None where Procore has it no more."""
    try:
        return resources.vendor(client, record)
    except NotFound:
        return None


def write(client: ProcoreClient, updates: Sequence[dict[str, Any]], run_validations: bool) -> Iterator[Row]:
    """Create, link or change companies."""
    return directory.sync_companies(client, cast(Sequence[CompanyUpdate], updates), run_validations=run_validations)


def matches(vendors: Iterable[Party], companies: Iterable[Party], options: VendorImports) -> Iterator[Suggestion]:
    """Suggested matches, by the thresholds of the settings."""
    return suggest(vendors, companies, Thresholds(options.suggest_from, options.tied_within))


OBJECT = ImportObject(
    name="vendors",
    title="vendor",
    procore_title="company",
    space="vendor",
    table=VENDORS,
    desired="imports/desired_companies.sql",
    fields=(
        Field("name", "vendor_name", follows="name"),
        Field("abbreviated_name", "vendor_code", "of new companies"),
        Field("address", "address_1, address_2", "one line each", follows="address"),
        Field("city", "city", follows="address"),
        Field("state_code", "state", "left out where Procore does not know it", follows="address"),
        Field("country_code", "state", "US or CA, by the state", follows="address"),
        Field("zip", "zip_code", follows="address"),
        Field("business_phone", "phone", follows="phone"),
        Field("fax_number", "fax_phone", follows="fax"),
        Field("email_address", "vendor_email", "of new companies"),
    ),
    options=lambda settings: settings.imports.vendors,
    read_all=directory.companies,
    read_changed=directory.changed_companies,
    read_one=read_one,
    by_origin=directory.companies_by_origin,
    write=write,
    reactivate=lambda client, record: directory.reactivate_company(client, record),
    suggest=matches,
)
