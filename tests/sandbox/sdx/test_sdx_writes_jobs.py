"""AddJob, UpdateJob and AddPhase by raw envelopes, read back by the SOAP reads."""

from decimal import Decimal

import pytest

from sandbox.sdx.server import SdxServer
from tests.sandbox.sdx.raw_soap import Soap
from tests.sandbox.sdx.raw_writes import JOB, PHASE, Query, Site, Writer


def complete_job(query: Query) -> str:
    (row,) = query("""SELECT btrim("Job_Number") FROM "JC_JOB_MASTER_MC"
                      WHERE btrim("Company_Code") = '1' AND "Status_Code" = 'C' LIMIT 1""")
    return str(row[0])


def read_job(soap: Soap, service: str, number: str) -> dict[str, str]:
    (found,) = [row for row in soap.rows(service, pCompany_Code="1") if row["Job_Number"].strip() == number]
    return found


def read_phase(soap: Soap, job: str, phase: str, cost_type: str) -> dict[str, str]:
    rows = soap.rows("GetPhase", pCompany_Code="1", pJob_Number=job, pCost_Type=cost_type)
    (found,) = [row for row in rows if row["Phase_Code"].strip() == phase]
    return found


def contracts(query: Query, job: str) -> list[tuple[object, ...]]:
    return query(
        """SELECT btrim("Customer_Code"), "Original_Contract_Amount", "Price_Method_Code" FROM "CR_CONTRACT_MASTER_MC"
           WHERE btrim("Job_Number") = %s""",
        job,
    )


def test_new_job_is_read_back_and_gets_its_contract(writer: Writer, soap: Soap, query: Query) -> None:
    given = {
        "Job_Number": "N-100", "Job_Description": "Clinic", "Division": "BLDG", "Customer_Code": "C1004",
        "Original_Contract": "250000.50", "Contract_Number": "CN-100", "Est_Start_Date": "07/01/2026",
        "Est_Complete_Date": "12/31/2026", "Latitude": "39.961100", "Longitude": "-82.998800", "Certified_Flag": "Y",
        "Fax_Phone": "6145550111", "Work_State_Tax_Code": "OH", "Cost_Center": "10",
    }  # fmt: skip
    writer.done("AddJob", **JOB, **given)
    columns = '"Job_Number", "Latitude", "Certified_Flag", "Fax_Phone", "Phase_Display_Code", "Master_Job", "WO_Site"'
    stored = query(f"""SELECT {columns} FROM "JC_JOB_MASTER_MC" WHERE btrim("Job_Number") = 'N-100'""")  # noqa: S608
    assert stored == [("     N-100", Decimal("39.961100"), "Y", "6145550111", "XX-XXXX", " ", " ")], (
        "nothing is a blank"
    )
    job = read_job(soap, "GetJob", "N-100")
    assert (job["Status_Code"], job["Division"], job["Certified_Flag"], job["Work_State_Tax_Code"]) == (
        "A", "BLDG", "Y", "OH",
    )  # fmt: skip
    main = read_job(soap, "GetJobMain", "N-100")
    assert (main["Original_Contract"], main["Fax_Phone"]) == ("250000.50", "6145550111")
    dates = read_job(soap, "GetJobDates", "N-100")
    assert (dates["Est_Start_Date"], dates["Create_Date"]) == ("07/01/2026", "06/30/2026")
    assert contracts(query, "N-100") == [("C1004", Decimal("250000.50"), "F")]
    writer.done("AddJob", **JOB, Job_Number="N-101")
    assert contracts(query, "N-101") == [], "no customer, no contract"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"Job_Number": "TEMPLATE"}, {"Job_Number": "I"}),
        ({"Job_Number": ""}, {"Job_Number": "M"}),
        ({"Taxable_Flag": ""}, {"Taxable_Flag": "M"}),
        ({"Price_Method_Code": "J"}, {"Price_Method_Code": "I"}),
        ({"Customer_Code": "C9999"}, {"Customer_Code": "I"}),
        ({"Master_Job": "NONE"}, {"Master_Job": "I"}),
        ({"Cost_Center": "77"}, {"Cost_Center": "I"}),
        ({"Job_Description": "A name of twenty-six chars."}, {"Job_Description": "I"}),
        ({"Est_Start_Date": "07/02/2026", "Est_Complete_Date": "07/01/2026"}, {"Est_Complete_Date": "I"}),
        ({"Work_State_Tax_Code": "OH", "Work_Local_Tax_Cod": "OH"}, {"Work_Local_Tax_Cod": "I"}),
        ({"Track_Davis_Bacon": "Y", "Track_Prevailing_Wage": "F"}, {"Track_Prevailing_Wage": "I"}),
        ({"Original_Contract": "1,000.00"}, {"Original_Contract": "I"}),
        ({"Latitude": "39.9611001"}, {"Latitude": "I"}),
    ],
)
def test_bad_jobs_are_refused(writer: Writer, given: dict[str, str], wrong: dict[str, str]) -> None:
    assert writer.refused("AddJob", **(JOB | {"Job_Number": "N-200"} | given)) == wrong


def test_sub_job_takes_customer_and_mask_from_its_master(writer: Writer, query: Query) -> None:
    """B3: the master's number is stored; no contract is made for a customer that was not sent."""
    writer.done("AddJob", **JOB, Job_Number="N-300", Customer_Code="C1002", Phase_Display_Code="XX-XXX")
    writer.done("AddJob", **JOB, Job_Number="N-300E", Master_Job="N-300")
    stored = query("""SELECT btrim("Customer_Code"), btrim("Master_Job"), "Phase_Display_Code", "Taxable_Flag"
                      FROM "JC_JOB_MASTER_MC" WHERE btrim("Job_Number") = 'N-300E'""")
    assert stored == [("C1002", "N-300", "XX-XXX", "Y")]
    assert contracts(query, "N-300E") == []
    phase = {"Job_Number": "N-300E", "Description": "Walls", "Cost_Type": "L"}
    assert "mask XX-XXX" in writer.says("AddPhase", **PHASE, **phase, Phase_Code="031000")
    writer.done("AddPhase", **PHASE, **phase, Phase_Code="03100")


def test_update_leaves_what_is_blank_and_never_changes_a_contract(writer: Writer, site: Site, query: Query) -> None:
    writer.done("UpdateJob", **site.key, City="Dayton")
    writer.done("UpdateJob", **site.key, Job_Description="Renamed", Status_Code="I")
    (row,) = query(
        """SELECT "City", "Job_Description", "Status_Code" FROM "JC_JOB_MASTER_MC"
                      WHERE btrim("Job_Number") = %s""",
        site.job,
    )
    assert row == ("Dayton", "Renamed", "I")
    told = writer.done("UpdateJob", **site.key, Original_Contract="5.00")
    assert [(code, column) for code, _, column in told] == [("G", "Original_Contract")]
    assert contracts(query, site.job) == [("C1003", Decimal("100000.00"), "F")]
    assert writer.refused("UpdateJob", **site.key, Customer_Code="C1005") == {"Customer_Code": "I"}
    writer.done("UpdateJob", **site.key, Status_Code="C")
    (row,) = query(
        """SELECT "Complete_Date"::date::text FROM "JC_JOB_MASTER_MC"
                      WHERE btrim("Job_Number") = %s""",
        site.job,
    )
    assert row == ("2026-06-30",)


def test_update_makes_a_contract_where_there_is_none(writer: Writer, query: Query) -> None:
    writer.done("AddJob", **JOB, Job_Number="N-400")
    writer.done("UpdateJob", Company_Code="1", Job_Number="N-400", Customer_Code="C1006", Original_Contract="700")
    assert contracts(query, "N-400") == [("C1006", Decimal("700.00"), "F")]


def test_bad_updates_of_jobs_are_refused(writer: Writer, site: Site) -> None:
    assert writer.refused("UpdateJob", Company_Code="1", Job_Number="NONE") == {"Job_Number": "I"}
    wrong = writer.refused(
        "UpdateJob", **site.key, Reports_Calc_Override="Y", Lock_Revenue_Entry="Y", Under_Billed="1.00",
        Entered_Projected_Cost="x", Job_Auto_Release_Percent="0",
    )  # fmt: skip
    assert wrong == {"Entered_Projected_Cost": "I", "Job_Auto_Release_Percent": "I"}, "formats are checked first"
    wrong = writer.refused("UpdateJob", **site.key, Reports_Calc_Override="Y", Lock_Revenue_Entry="Y", Saturday_OT="O")
    assert wrong == {"Reports_Calc_Override": "I", "Lock_Revenue_Entry": "I", "Saturday_OT": "I"}


def test_a_blank_status_can_activate(server: SdxServer, writer: Writer, site: Site, soap: Soap) -> None:
    writer.done("UpdateJob", **site.key, Status_Code="I")
    writer.done("UpdateJob", **site.key, City="Lima")
    assert read_job(soap, "GetJob", site.job)["Status_Code"] == "I"
    server.switches.set("write_blank_activates", "on")
    writer.done("UpdateJob", **site.key, City="Lima")
    assert read_job(soap, "GetJob", site.job)["Status_Code"] == "A"


def test_phase_is_added_and_updated(writer: Writer, site: Site, soap: Soap) -> None:
    """E3: estimates land in the originals; what is blank stays."""
    site.phase("099100", "L", cost="1200.50", Original_Est_Hours="20", Unit_of_Measure="SF", Description="Painting")
    row = read_phase(soap, site.job, "099100", "L")
    assert (row["Current_Estimated_Dollars"], row["Projected_Dollars"], row["Estimated_Hours"]) == (
        "1200.50", "0.00", "20.00",
    )  # fmt: skip
    key = {"Job_Number": site.job, "Phase_Code": "099100", "Cost_Type": "L"}
    writer.done("AddPhase", **PHASE, **key, Original_Est_Cost="0")
    row = read_phase(soap, site.job, "099100", "L")
    assert (row["Current_Estimated_Dollars"], row["Estimated_Hours"], row["Description"]) == (
        "0.00",
        "20.00",
        "Painting",
    )


def test_description_is_the_phases(server: SdxServer, writer: Writer, site: Site, soap: Soap) -> None:
    """B2, B5: another description renames every cost type of the phase."""
    site.phase("031000", "E", Description="Renamed")
    assert {read_phase(soap, site.job, "031000", each)["Description"] for each in "LME"} == {"Renamed"}
    server.switches.set("write_cost_type_renames", "off")
    site.phase("031000", "O", Description="Ignored")
    assert read_phase(soap, site.job, "031000", "O")["Description"] == "Renamed"
    site.phase("031000", "O", Description="Back again")
    assert read_phase(soap, site.job, "031000", "L")["Description"] == "Back again"


def test_bad_phases_are_refused(writer: Writer, site: Site, query: Query) -> None:
    phase = PHASE | {"Job_Number": site.job, "Phase_Code": "011000", "Cost_Type": "L"}
    assert writer.refused("AddPhase", **phase) == {"Description": "M"}
    good = phase | {"Description": "General"}
    assert writer.refused("AddPhase", **(good | {"Job_Number": "NONE"})) == {"Job_Number": "I"}
    assert "is complete" in writer.says("AddPhase", **(good | {"Job_Number": complete_job(query)}))
    assert "mask XX-XXXX" in writer.says("AddPhase", **(good | {"Phase_Code": "01100"}))
    assert "without dashes" in writer.says("AddPhase", **(good | {"Phase_Code": "01-1000"}))
    assert writer.refused("AddPhase", **(good | {"Cost_Type": "Q"})) == {"Cost_Type": "I"}
    assert writer.refused("AddPhase", **(good | {"Price_Method_Code": ""})) == {"Price_Method_Code": "M"}
    assert writer.refused("AddPhase", **(good | {"Original_Est_Cost": "1.005"})) == {"Original_Est_Cost": "I"}
    assert writer.refused("AddPhase", **(good | {"Original_Est_Cost": "12345678901"})) == {"Original_Est_Cost": "I"}
