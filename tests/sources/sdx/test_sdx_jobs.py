"""Reading jobs: the join of three services, statuses, splitting with proof."""

import pytest
from sdx_stub import JOB_FIELDS, JOB_SELECTION, Records, Reply, answer, job

from spectrum_etl.errors import RetryLater, StopSync
from spectrum_etl.sources.sdx.split import CapReached, ChangedBetweenCalls


def serve(stub, records, **options):
    fake = Records(records, JOB_SELECTION, JOB_FIELDS, **options)
    fake.fields = dict(JOB_SELECTION, pCompany_Code="Company_Code")
    for service in JOB_FIELDS:
        stub.services[service] = fake
    return fake


def numbers(jobs):
    return [one["Job_Number"].strip() for one in jobs]


def test_the_three_services_are_joined_and_every_status_is_asked_for(stub, client):
    serve(
        stub,
        [
            job("100", Contract_Number="LONG-CONTRACT-NUMBER-1"),
            job("200", Status_Code="I"),
            job("24-404E1", Status_Code="C"),
        ],
    )
    jobs = list(client.read_jobs("1"))
    assert sorted(numbers(jobs)) == ["100", "200", "24-404E1"]
    assert jobs[0]["Original_Contract"] == "1000.00"
    assert jobs[0]["Start_Date"] == "01/05/2026"
    assert jobs[0]["Job_Number"] == "       100", "text stays as sent"
    assert not any(name.startswith("Error_") for name in jobs[0])
    assert sorted(call.parameters["pStatus_Code"] for call in stub.calls("GetJob")) == ["A", "C", "I"]


def test_contract_number_comes_from_the_service_that_does_not_cut_it(stub, client):
    serve(stub, [job("100")])
    whole = stub.services["GetJobMain"]
    stub.services["GetJobMain"] = lambda request: whole(request).replace(b"C100", b"C100-FULL")
    assert next(client.read_jobs("1"))["Contract_Number"] == "C100-FULL"


@pytest.mark.parametrize("warn", [True, False])
def test_an_answer_at_the_cap_is_split_and_nothing_is_missed(stub, connect, warn):
    """A blank division cannot be asked for: the exclusion finds it."""
    records = [
        job(
            str(n),
            Division=("", "N", "SOUTH")[n % 3],
            Customer_Code=("", "ACME", "ZETA", "OWNER")[n % 4],
            Project_Manager=("PM1", "PM2", "")[n // 20 % 3],
        )
        for n in range(60)
    ]
    serve(stub, records, cap=12, warn=warn)
    jobs = list(connect(row_cap=12).read_jobs("1"))
    assert sorted(numbers(jobs), key=int) == [str(n) for n in range(60)]
    assert all(len(call.parameters["pDivision"]) <= 5 for call in stub.requests if call.service)
    assert all(not call.parameters["pCost_Center"] for call in stub.requests if call.service)


def test_at_the_cap_without_a_way_to_split_it_stops_and_names_info_link(stub, connect):
    serve(stub, [job(str(n)) for n in range(30)], cap=10)
    with pytest.raises(CapReached, match=r"pStatus_Code=A.*fewer than 10.*infolink"):
        list(connect(row_cap=10).read_jobs("1"))


def test_a_warning_row_below_the_configured_cap_is_suspect_too(stub, connect):
    serve(stub, [job(str(n)) for n in range(30)], cap=10)
    with pytest.raises(CapReached, match=r"warning row \(Number of records exceeds maximum"):
        list(connect(row_cap=500).read_jobs("1"))


def test_a_value_that_all_records_share_proves_nothing_and_is_not_used(stub, connect):
    serve(stub, [job(str(n), Division="N") for n in range(30)], cap=10)
    with pytest.raises(CapReached, match=r"pStatus_Code=A\)"):
        list(connect(row_cap=10).read_jobs("1"))
    assert {call.parameters["pDivision"] for call in stub.calls("GetJob")} == {""}


def test_values_that_superselect_would_read_as_expressions_are_not_used_to_split(stub, connect):
    records = [job(str(n), Division=("A*", "#1", "X,Y", "ALL", "LONGD")[n % 5]) for n in range(30)]
    serve(stub, records, cap=10)
    with pytest.raises(CapReached):
        list(connect(row_cap=10).read_jobs("1"))
    assert {call.parameters["pDivision"] for call in stub.calls("GetJob")} == {""}


def test_an_installation_that_reads_exclusions_differently_is_noticed(stub, connect):
    """The exclusion finds no blank divisions there: records of the cut answer are not found again."""

    class Different(Records):
        @staticmethod
        def _matches(value, expression):
            if expression.startswith("#"):
                return value != "" and value not in expression[1:].split(",")
            return not expression or value == expression

    records = [job(str(n), Division=("", "N", "S")[n % 3]) for n in range(12)]
    fake = Different(records, JOB_SELECTION, JOB_FIELDS, cap=10)
    for service in JOB_FIELDS:
        stub.services[service] = fake
    with pytest.raises(ChangedBetweenCalls, match=r"SuperSelect's exclusion \(#\)"):
        list(connect(row_cap=10).read_jobs("1"))


def test_an_installation_that_ignores_a_filter_is_noticed(stub, connect):
    records = [job(str(n), Division=("", "N")[n % 2]) for n in range(12)]

    def ten(request):
        return answer(request.service, records[: 6 if request.parameters["pDivision"] else 10])

    for service in JOB_FIELDS:
        stub.services[service] = ten
    with pytest.raises(StopSync, match="the filter was not applied"):
        list(connect(row_cap=10).read_jobs("1"))


def test_services_that_return_no_division_are_split_by_what_getjob_knows(stub, connect):
    """GetJobDates returns neither division nor customer, and is cut earlier here."""
    records = [job(str(n), Division=("", "N", "S")[n % 3]) for n in range(30)]
    serve(stub, records)
    stub.services["GetJobDates"] = Records(records, JOB_SELECTION, JOB_FIELDS, cap=11)
    jobs = list(connect(row_cap=100).read_jobs("1"))
    assert len(jobs) == 30
    assert {call.parameters["pDivision"] for call in stub.calls("GetJobDates")} > {"", "#N"}
    assert {call.parameters["pDivision"] for call in stub.calls("GetJob")} == {""}


def test_a_job_that_changes_between_the_calls_is_read_again(stub, client):
    serve(stub, [job("100"), job("200")])
    whole = stub.services["GetJobMain"]
    calls = []

    def late(request):
        if request.parameters["pStatus_Code"] == "A":
            calls.append(request)
            if len(calls) == 1:
                return answer("GetJobMain", [job("100")])
        return whole(request)

    stub.services["GetJobMain"] = late
    assert numbers(client.read_jobs("1")) == ["100", "200"]


def test_a_job_that_is_given_twice_alike_is_one_job(stub, client):
    """Seen in the field; the run failed for good, as if the job had changed."""
    serve(stub, [job("100"), job("200"), job("100")])
    assert sorted(numbers(client.read_jobs("1"))) == ["100", "200"]


def test_a_job_that_is_given_twice_with_other_values_is_refused(stub, client):
    serve(stub, [job("100"), job("100", Division="N")])
    with pytest.raises(RetryLater, match="GetJob returned job 100 twice"):
        list(client.read_jobs("1"))


def test_a_job_that_is_missing_twice_asks_for_another_run(stub, client):
    serve(stub, [job("100"), job("200")])
    stub.services["GetJobMain"] = lambda request: answer(
        "GetJobMain", [job("100")] if request.parameters["pStatus_Code"] == "A" else []
    )
    with pytest.raises(RetryLater, match="job 200 is not in the answers of GetJobMain"):
        list(client.read_jobs("1"))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"Company_Code": "2"}, "Company_Code"),
        ({"Status_Code": "I"}, "Status_Code"),
        ({"Job_Number": "   "}, "Job_Number"),
    ],
)
def test_records_that_were_not_asked_for_stop_the_sync(stub, client, fields, named):
    for service in JOB_FIELDS:
        stub.services[service] = lambda request: answer(request.service, [job("100", **fields)])
    with pytest.raises(StopSync, match=named):
        list(client.read_jobs("1"))


@pytest.mark.parametrize("company", ["", "ALL", "1,2", "*", "1234", "#1"])
def test_a_company_code_that_could_select_several_is_refused(stub, client, company):
    serve(stub, [job("100")])
    with pytest.raises(Exception, match="cannot be requested"):
        list(client.read_jobs(company))
    assert not stub.requests


def test_no_answer_at_all_is_never_an_empty_table(stub, client):
    serve(stub, [job("100")])
    stub.services["GetJobDates"] = lambda request: Reply(close=True)
    with pytest.raises(RetryLater, match="refused or closed"):
        list(client.read_jobs("1"))
