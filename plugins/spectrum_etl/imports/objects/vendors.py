"""Vendors, which become companies of Procore's directory (N3, N4, C1 to C3, C6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from spectrum_etl.imports.match import Address, Party, Suggestion, Thresholds, suggest
from spectrum_etl.imports.spec import Field, ImportObject, Json, Narrowing
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.faults import NotFound
from spectrum_etl.sources.procore import directory, resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.directory import CompanyUpdate
from spectrum_etl.sources.procore.rows import USUAL_BATCH, RowResult
from spectrum_etl.staging.objects.vendors import VENDORS

#: What a company of Procore is also called: "doing business as". Spectrum has no such name.
_TRADE_NAME = "trade_name"


def read_one(client: ProcoreClient, record: str) -> dict[str, Any] | None:
    """One company; None where Procore has it no more."""
    try:
        return resources.vendor(client, record)
    except NotFound:
        return None


def write(client: ProcoreClient, updates: Sequence[dict[str, Any]], run_validations: bool) -> Iterator[RowResult]:
    """Create, link or change companies."""
    return directory.sync_companies(client, cast(Sequence[CompanyUpdate], updates), run_validations=run_validations)


def party(row: Json) -> Party:
    """A vendor or a company, as they are compared."""
    fields = row["fields"]
    return Party(
        key=row.get("record_id") or row["spectrum_key"],
        name=row.get("name") or fields["name"] or "",
        code=row.get("origin_code") or fields["abbreviated_name"] or None,
        address=Address(fields["address"], fields["city"], fields["state_code"], fields["zip"]),
        phone=fields["business_phone"],
        email=fields["email_address"],
        active=row.get("is_active", True),
        other_names=tuple(filter(None, (fields.get(_TRADE_NAME),))),
        linked=row.get("is_taken", False),
    )


def parameters(settings: Settings, company: Company) -> Json:
    """Which vendors are offered (C6)."""
    options = settings.imports.vendors
    return {"types": list(options.types), "without_type": options.include_without_type}


def matches(vendors: Iterable[Party], companies: Iterable[Party], settings: Settings) -> Iterator[Suggestion]:
    """Suggested matches, by the thresholds of the settings."""
    options = settings.imports.vendors
    return suggest(vendors, companies, Thresholds(options.suggest_from, options.tied_within))


OBJECT = ImportObject(
    name="vendors",
    title="vendor",
    procore_title="company",
    key_column="vendor_code",
    name_column="vendor_name",
    rule="N3",
    exact_words="exactly the same name",
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
    parameters=parameters,
    narrowings=(
        Narrowing(
            "types",
            "Types",
            "Only vendors of these types of Spectrum, one a line. Empty means all that the settings offer. The others"
            " stay as they are in the plan.",
        ),
        Narrowing(
            "without_type",
            "Without a type",
            "Only vendors without a type; where types are given as well, these and those. The settings say whether"
            " vendors without a type are offered at all.",
            is_switch=True,
        ),
    ),
    keys_of="imports/vendors_of_types.sql",
    party=party,
    read_all=directory.companies,
    read_changed=directory.changed_companies,
    read_one=read_one,
    by_origin=directory.companies_by_origin,
    write=write,
    rows_a_call=USUAL_BATCH,
    reactivate=lambda client, record: directory.reactivate_company(client, record),
    suggest=matches,
    doubles=lambda match: match.exact,
    also_read=(_TRADE_NAME,),
)
