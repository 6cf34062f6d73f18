"""Reading phases job by job: statuses, splitting by cost type, three calls at a time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sdx_stub import PHASE_SELECTION, Records, Reply, answer, phase

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.sources.sdx.split import CapReached


def serve(stub, records, service="GetPhaseEnhanced", **options):
    stub.services[service] = Records(records, PHASE_SELECTION, **options)


def test_each_job_is_asked_for_active_inactive_and_complete(stub, client):
    serve(
        stub,
        [
            phase("100", "01100", "L"),
            phase("100", "01100", "M", Status_Code="I"),
            phase("100", "02200", "L", Status_Code="C"),
            phase("200", "01100", "S"),
        ],
    )
    found = list(client.read_phases("1", ["       100", "200", "100  "], enhanced=True))
    assert [(one["Job_Number"].strip(), one["Phase_Code"].strip(), one["Cost_Type"].strip()) for one in found] == [
        ("100", "01100", "L"),
        ("100", "01100", "M"),
        ("100", "02200", "L"),
        ("200", "01100", "S"),
    ]
    assert len(stub.calls("GetPhaseEnhanced")) == 4, "two calls a job, each job once"


def test_no_job_is_no_call(stub, client):
    assert list(client.read_phases("1", [], enhanced=False)) == []
    assert not stub.requests


@pytest.mark.parametrize("warn", [True, False])
def test_a_job_at_the_cap_is_split_by_status_and_cost_type(stub, connect, warn):
    records = [
        phase("100", f"{n:05}", cost_type, Status_Code="AI"[n % 2]) for n in range(14) for cost_type in ("L", "M", "")
    ]
    serve(stub, records, cap=15, warn=warn)
    found = list(connect(row_cap=15).read_phases("1", ["100"], enhanced=True))
    assert len(found) == 42
    assert {(one["Phase_Code"], one["Cost_Type"]) for one in found} == {
        (one["Phase_Code"], one["Cost_Type"]) for one in records
    }
    asked = {call.parameters["pCost_Type"] for call in stub.calls("GetPhaseEnhanced")}
    assert asked <= {"", "L", "#L", "M", "#M"}


@pytest.mark.parametrize("company", ["", "1"])
def test_a_job_at_the_cap_is_split_also_where_the_warning_row_holds_zeros(stub, connect, company):
    """The row was taken for a phase that none of the parts held, so that the job could never be read."""
    zeros = {"Company_Code": company, "JTD_Hours": "0.00", "JTD_Actual_Dollars": "0"}
    records = [phase("100", f"{n:05}", "LM"[n % 2]) for n in range(20)]
    serve(stub, records, service="GetPhase", cap=12, beside=zeros)
    assert len(list(connect(row_cap=500).read_phases("1", ["100"], enhanced=False))) == 20


def test_a_job_that_cannot_be_split_names_info_link(stub, connect):
    serve(stub, [phase("100", f"{n:05}", "LAB") for n in range(30)], cap=10)
    with pytest.raises(CapReached, match=r"company 1.*pJob_Number=100 pStatus_Code=A.*infolink"):
        list(connect(row_cap=10).read_phases("1", ["100"], enhanced=True))


@pytest.mark.parametrize("number", ["24*", "24?", "A,B", "24/404", "#24", "all", "", "12345678901"])
def test_a_job_number_that_superselect_would_interpret_is_refused_before_any_call(stub, client, number):
    serve(stub, [phase("100", "01100", "L")])
    with pytest.raises(FixConfiguration, match="use Info-Link for this job"):
        list(client.read_phases("1", ["100", number], enhanced=True))
    assert not stub.requests


def test_a_missing_enhanced_service_names_the_plain_one(stub, client):
    serve(stub, [phase("100", "01100", "L")], service="GetPhase")
    with pytest.raises(FixConfiguration, match=r"GetPhaseEnhanced.*no WSDL.*read phases by GetPhase"):
        list(client.read_phases("1", ["100"], enhanced=True))
    assert len(list(client.read_phases("1", ["100"], enhanced=False))) == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [({"Job_Number": "101"}, "Job_Number"), ({"Company_Code": "2"}, "Company_Code"), ({"Status_Code": "X"}, "Status")],
)
def test_a_record_of_something_else_stops_the_sync(stub, client, fields, named):
    stub.services["GetPhase"] = lambda request: answer("GetPhase", [phase("100", "01100", "L", **fields)])
    with pytest.raises(StopSync, match=f"job 100, phase 01100, {named}"):
        list(client.read_phases("1", ["100"], enhanced=False))


def test_a_phase_that_changes_its_status_between_the_calls_is_read_again(stub, client):
    served = []

    def moving(request):
        served.append(request)
        status = request.parameters["pStatus_Code"]
        shown = status != "C" if len(served) > 2 else True
        record = phase("100", "01100", "L", Status_Code=status or "A")
        return answer("GetPhase", [record] if shown else [])

    stub.services["GetPhase"] = moving
    assert len(list(client.read_phases("1", ["100"], enhanced=False))) == 1


def test_never_more_than_three_calls_at_a_time_and_the_order_stays(stub, connect):
    records = [phase(str(n), "01100", "L") for n in range(100, 130)]
    whole = Records(records, PHASE_SELECTION)
    stub.services["GetPhase"] = lambda request: Reply(
        whole(request), delay=0.02 if request.parameters["pJob_Number"].endswith("3") else 0.005
    )
    found = list(connect(parallel=3).read_phases("1", [str(n) for n in range(100, 130)], enhanced=False))
    assert [one["Job_Number"].strip() for one in found] == [str(n) for n in range(100, 130)]
    assert stub.most_at_once == 3


def test_two_readers_of_one_client_share_the_three_calls(stub, client):
    whole = Records([phase(str(n), "01100", "L") for n in range(100, 115)], PHASE_SELECTION)
    stub.services["GetPhase"] = lambda request: Reply(whole(request), delay=0.02)
    numbers = [str(n) for n in range(100, 115)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: list(client.read_phases("1", numbers, enhanced=False)), range(2)))
    assert [len(one) for one in found] == [15, 15]
    assert stub.most_at_once == 3


def test_giving_up_early_leaves_no_calls_running(stub, client):
    serve(stub, [phase(str(n), "01100", "L") for n in range(100, 200)], service="GetPhase")
    reader = client.read_phases("1", [str(n) for n in range(100, 200)], enhanced=False)
    next(reader)
    reader.close()
    asked = len(stub.requests)
    assert asked < 60
