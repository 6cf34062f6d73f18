"""C1, C2, D1: records that both systems have are linked by hand: never unasked, one to one, and unlinked again."""

from __future__ import annotations

import threading

import pytest

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.objects.registry import EXPORTS, NAMES
from spectrum_etl.exports.steps.link import exact_matches, link
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.model.record import RecordId
from tests.exports.endtoend.cases import CASES
from tests.exports.endtoend.places import COMPANY
from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage

LINKS = "select record_id, spectrum_key, how, linked_by from export.links where unlinked_at is null"


def origin(stage: Stage, record: str) -> str | None:
    """The ERP id that a record carries in Procore."""
    return stage.sandbox("select origin_code from procore.records where id::text = %s", record)[0][0]


def company(stage: Stage, name: str) -> RecordId:
    """A new company of Procore's directory."""
    ((record,),) = stage.sandbox(
        "insert into procore.records (id, company_id, kind, fields) select max(id) + 1, %s, 'vendor',"
        " jsonb_build_object('name', %s::text, 'is_active', true) from procore.records returning id::text",
        PROCORE_COMPANY,
        name,
    )
    return RecordId(COMPANY, "", record)


def free_vendor(stage: Stage) -> tuple[str, str]:
    """Code and name of a Spectrum vendor that no company of Procore has the name or code of."""
    ((code, name),) = stage.sandbox(
        'select btrim("Vendor_Code"), btrim("Vendor_Name") from dbo."VN_VENDOR_MASTER_MC" as v'
        ' where btrim("Company_Code") = %s and "Status" = \'A\' and length(btrim("Vendor_Code")) > 0'
        ' and (select count(*) from dbo."VN_VENDOR_MASTER_MC" as o where lower(btrim(o."Vendor_Name")) ='
        ' lower(btrim(v."Vendor_Name")) and o."Company_Code" = v."Company_Code") = 1'
        " and not exists (select from procore.records where kind = 'vendor' and (origin_code ="
        ' btrim(v."Vendor_Code") or lower(fields->>\'name\') = lower(btrim(v."Vendor_Name"))))'
        " order by 1 limit 1",
        COMPANY,
    )
    return code, name


def test_c2_a_company_whose_name_a_vendor_has_is_linked_instead_of_exported(stage: Stage) -> None:
    code, name = free_vendor(stage)
    id = company(stage, name.upper())
    stage.collect("vendors", id.record)
    told = "select state, broken_text from export.queue where record_id = %s"
    ((state, broken),) = stage.warehouse(told, id.record)
    assert (state, f"link the company to vendor {code}" in broken) == ("not_ready", True)
    assert (id.record, code) in exact_matches(stage.systems())
    assert link(stage.systems(), EXPORTS["vendors"], id, code, "otto") is True
    assert stage.warehouse(f"{LINKS} and record_id = %s", id.record) == [(id.record, code, "by hand", "otto")]
    assert origin(stage, id.record) == code, "Procore locks it, as if it had been exported"
    assert stage.warehouse(told, id.record) == [], "it has left the queue"
    assert stage.journal() == [], "nothing was written to Spectrum"
    assert (id.record, code) not in exact_matches(stage.systems())
    assert link(stage.systems(), EXPORTS["vendors"], id, code, "otto") is False, "again: nothing"
    assert unlink(stage.systems(), EXPORTS["vendors"], id.record, "otto") == code, "Spectrum keeps what it had before"
    assert origin(stage, id.record) is None


def test_c2_a_name_that_two_have_is_never_exact(stage: Stage) -> None:
    code, name = free_vendor(stage)
    first, second = company(stage, name), company(stage, name.lower())
    found = [record for record, key in exact_matches(stage.systems()) if key == code]
    assert found == [], "nobody can tell which of the two it is"
    stage.sandbox("update procore.records set deleted_at = now() where id::text = %s", second.record)
    assert [record for record, key in exact_matches(stage.systems()) if key == code] == [first.record]


@pytest.mark.parametrize("status", ["N", "I", "n"])
def test_a6_link_all_exact_names_leaves_vendors_out_that_are_not_active(stage: Stage, status: str) -> None:
    """C2: such a vendor still has the name, so that another one of that name is not exact either."""
    code, name = free_vendor(stage)
    id = company(stage, name)
    assert (id.record, code) in exact_matches(stage.systems())
    stage.sandbox('update dbo."VN_VENDOR_MASTER_MC" set "Status" = %s where btrim("Vendor_Code") = %s', status, code)
    assert id.record not in dict(exact_matches(stage.systems()))
    stage.sandbox(
        'insert into dbo."VN_VENDOR_MASTER_MC" select (json_populate_record(v, json_build_object('
        "'Vendor_Code', 'TWIN', 'Status', 'A'))).* from dbo.\"VN_VENDOR_MASTER_MC\" as v"
        ' where btrim("Vendor_Code") = %s and btrim("Company_Code") = %s returning 1',
        code,
        COMPANY,
    )
    assert id.record not in dict(exact_matches(stage.systems()))


def test_a6_two_spellings_are_one_vendor(stage: Stage) -> None:
    """`v1015` and `V1015` used to be linked to two companies. Kept is what Spectrum calls it."""
    code, name = free_vendor(stage)
    first, second, obj = company(stage, name), company(stage, "Another"), EXPORTS["vendors"]
    assert link(stage.systems(), obj, first, f" {code.lower()} ", "otto") is True
    assert stage.warehouse(LINKS) == [(first.record, code, "by hand", "otto")]
    assert origin(stage, first.record) == code
    for spelled in (code, code.lower()):
        with pytest.raises(FixRecord, match=f"{code} is linked to Procore record {first.record}"):
            link(stage.systems(), obj, second, spelled, "otto")
        assert link(stage.systems(), obj, first, spelled, "otto") is False, "again: nothing"
    assert origin(stage, second.record) is None
    assert unlink(stage.systems(), obj, first.record, "otto") == code
    assert link(stage.systems(), obj, second, code.title(), "otto") is True


@pytest.mark.parametrize("name", NAMES)
def test_a6_every_object_keeps_spectrums_own_spelling(stage: Stage, name: str) -> None:
    """Of what was exported, linked by hand under another spelling once its link has ended."""
    if name in ("jobs", "budgets", "forecasts"):
        id = CASES[name].id(stage)
        key = "AB-7"
        stage.sandbox(
            'insert into dbo."JC_JOB_MASTER_MC" ("Company_Code", "Job_Number", "Job_Description", "Status_Code")'
            " values (lpad(%s, 3), lpad(%s, 10), 'In progress', 'A') returning 1",
            COMPANY,
            key,
        )
        stage.sandbox(
            'insert into dbo."JC_PHASE_MASTER_MC" ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type",'
            ' "Description", "Status_Code", "Original_Est_Cost") values'
            " (lpad(%s, 3), lpad(%s, 10), '01000', 'L', 'Any', 'A', 100) returning 1",
            COMPANY,
            key,
        )
    else:
        id = CASES[name].id(stage)
        typed = {"vendor_code": "ACME7"} if name == "vendors" else {}
        typed |= {"subcontract_number": "Sc-7a"} if name == "commitments" else {}
        typed |= {"change_request_id": "Cr-7a"} if "change" in name else {}
        key = stage.accept(name, id, **typed).key
        assert stage.finish(name, id).state == "linked"
        stage.warehouse("update export.links set unlinked_at = now() where record_id = %s", id.record)
        if EXPORTS[name].unmark is not None:
            EXPORTS[name].unmark(stage.systems().procore, stage.places.company, id)  # type: ignore[misc]
    assert link(stage.systems(), EXPORTS[name], id, key.swapcase(), "otto") is True
    assert stage.warehouse(f"{LINKS} and record_id = %s", id.record) == [(id.record, key, "by hand", "otto")]


def test_a6_two_people_link_one_vendor_at_once(stage: Stage) -> None:
    """The database keeps a key once, however it is spelled; who comes second has marked nothing in Procore."""
    code, name = free_vendor(stage)
    pairs = [(company(stage, name), code), (company(stage, "Another"), code.lower())]
    together, ended = threading.Barrier(2), []

    def run(id: RecordId, spelled: str) -> None:
        with stage.places.lines() as lines:
            systems = stage.systems(lines)
            systems.spectrum.vendors()
            together.wait()
            try:
                ended.append(link(systems, EXPORTS["vendors"], id, spelled, "otto"))
            except FixRecord as error:
                ended.append(str(error))

    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result is True for result in ended) == 1, ended
    ((record, key, _, _),) = stage.warehouse(LINKS)
    assert key == code
    assert [origin(stage, id.record) for id, _ in pairs if id.record != record] == [None]


def test_a6_one_record_is_not_linked_twice_under_two_spellings_of_its_id(stage: Stage) -> None:
    code, name = free_vendor(stage)
    id = company(stage, name)
    padded = RecordId(COMPANY, "", f"00{id.record}")
    assert link(stage.systems(), EXPORTS["vendors"], padded, code, "otto") is True
    assert link(stage.systems(), EXPORTS["vendors"], id, code, "otto") is False
    assert stage.warehouse(LINKS) == [(id.record, code, "by hand", "otto")]


def test_a6_a_contract_with_the_id_of_another_system_is_not_linked(stage: Stage) -> None:
    """N12: its id would be replaced by ours."""
    id = CASES["commitments"].id(stage)
    key = stage.accept("commitments", id).key
    assert stage.finish("commitments", id).state == "linked"
    stage.warehouse("update export.links set unlinked_at = now()")
    stage.sandbox("update procore.records set origin_id = 'SAGE-7' where id = %s", int(id.record))
    with pytest.raises(FixRecord, match="carries the id of another system in Procore: SAGE-7"):
        link(stage.systems(), EXPORTS["commitments"], id, key, "otto")
    assert stage.procore_record(id.record)["origin_id"] == "SAGE-7"


def test_d1_a_project_in_progress_is_linked_to_its_job(stage: Stage) -> None:
    """And nothing else than that pair: each has only one link."""
    id = CASES["jobs"].id(stage)
    jobs = ("77-001", "77-002")
    for number in jobs:
        stage.sandbox(
            'insert into dbo."JC_JOB_MASTER_MC" ("Company_Code", "Job_Number", "Job_Description", "Status_Code")'
            " values (lpad(%s, 3), lpad(%s, 10), 'In progress', 'A') returning 1",
            COMPANY,
            number,
        )
    systems, obj = stage.systems(), EXPORTS["jobs"]
    with pytest.raises(FixRecord, match="Spectrum has no job 99-999"):
        link(systems, obj, id, "99-999", "otto")
    with pytest.raises(FixRecord, match="Procore has no such record"):
        link(systems, obj, RecordId(COMPANY, "1", "1"), jobs[0], "otto")
    assert link(systems, obj, id, jobs[0], "otto") is True
    for other, key, said in (
        (id, jobs[1], f"the record is linked to {jobs[0]}"),
        (CASES["budgets"].id(stage), jobs[0], "the record is marked in Procore as"),
    ):
        with pytest.raises(FixRecord, match=said):
            link(stage.systems(), obj, other, key, "otto")
    assert stage.warehouse(LINKS) == [(id.record, jobs[0], "by hand", "otto")]
    assert stage.journal() == []
    unlink(stage.systems(), obj, id.record, "otto")
    assert link(stage.systems(), obj, id, jobs[1], "otto") is True


def test_a_record_that_waits_for_an_approver_is_not_linked_behind_their_back(stage: Stage) -> None:
    id, (code, _) = CASES["vendors"].id(stage), free_vendor(stage)
    stage.collect("vendors", id.record)
    stage.ask("vendors", id)
    with pytest.raises(FixRecord, match="in the export queue as waiting"):
        link(stage.systems(), EXPORTS["vendors"], id, code, "otto")
    assert origin(stage, id.record) is None
