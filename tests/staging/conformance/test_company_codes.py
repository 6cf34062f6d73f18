"""A1: a row may name another company; where Info-Link writes companies' codes otherwise, it is found all the same."""

from __future__ import annotations

from infolink_rows import source_row
from staging_harness import Warehouse, infolink_settings

from spectrum_etl.model.run import Scope
from spectrum_etl.model.spec import fingerprint
from spectrum_etl.settings import Company
from spectrum_etl.staging.objects import OBJECTS

DISTRIBUTIONS, TRANSACTIONS = "VN_GL_DISTRIBUTION_DETAIL_MC", "JC_TRANSACTION_HISTORY_MC"
SETTINGS = infolink_settings(
    companies=tuple(
        Company(code=code, name=f"Company {code}", phase_category="STD", infolink_code=written)
        for code, written in (("01", "1"), ("02", "2"), ("03", None))
    )
)


def test_a1_a_company_that_a_row_names_is_staged_under_its_own_code(warehouse: Warehouse) -> None:
    for number, other in enumerate(("", "  1", "  2", " 03", "  4"), 1):
        warehouse.spectrum.add(DISTRIBUTIONS, source_row(DISTRIBUTIONS, number, Company_Code_2=other))
    companies = {"AP_Company_Code": "  2", "Pr_Company_Code": "  1"}
    warehouse.spectrum.add(TRANSACTIONS, source_row(TRANSACTIONS, 1, **companies))
    warehouse.sync("payables", Scope("01"), SETTINGS)
    found = warehouse.query(
        "select company_code, company_code_2, job_company_code from spectrum.vendor_invoice_distributions"
        " order by vendor_code"
    )
    own = "01"
    assert found == [(own, None, own), (own, own, own), (own, "02", "02"), (own, "03", "03"), (own, "4", "4")]
    warehouse.sync("job_costs", Scope("01"), SETTINGS)
    found = warehouse.query("select company_code, ap_company_code, pr_company_code from spectrum.job_cost_transactions")
    assert found == [(own, "02", own)]


def test_a1_another_way_of_writing_copies_what_names_companies_again() -> None:
    transactions = OBJECTS["job_costs"].table("job_cost_transactions")
    written = SETTINGS.codes_written("01")
    assert written == {"1": "01", "2": "02"}
    assert fingerprint(transactions, "infolink", False, written) != fingerprint(transactions, "infolink", False, {})
    vendors = OBJECTS["vendors"].tables[0]
    assert fingerprint(vendors, "infolink", False, written) == fingerprint(vendors, "infolink", False, {})


def test_a1_of_two_companies_that_are_written_alike_the_one_of_the_same_infolink_counts() -> None:
    other = Company(
        code="9", name="Another Spectrum", phase_category="STD", infolink_code="1", infolink_conn_id="second"
    )
    both = SETTINGS.model_copy(update={"companies": (*SETTINGS.companies, other)})
    assert both.codes_written("01") == {"1": "01", "2": "02"}
    assert both.codes_written("9") == {"1": "9", "2": "02"}
