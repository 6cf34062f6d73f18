"""I2, J1: a prime contract is linked with its job's by `link_export`, and then its change orders can be exported."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.objects.registry import EXPORTS, LINKABLE_NAMES, linkable
from spectrum_etl.exports.steps.link import link
from spectrum_etl.exports.steps.unlink import unlink
from spectrum_etl.model.record import RecordId
from spectrum_etl.orchestration.link_dag import pairs_of
from tests.exports.endtoend.cases import assert_done
from tests.exports.endtoend.places import COMPANY
from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage

CHANGE_ORDERS = "prime_contract_change_orders"
LINKS = "select record_id, spectrum_key, how, linked_by, note from export.links where object_name = 'prime_contracts'"


def unlinked(stage: Stage) -> tuple[RecordId, RecordId, str]:
    """A prime contract that nobody has linked, an approved change order of it, and the job: as a new customer has."""
    ((contract, project, order, job),) = stage.sandbox(
        "select c.id::text, c.project_id::text, o.fields->>'prime_change_id', p.origin_code from procore.records as c"
        " join procore.records as o on o.parent_id = c.id and o.kind = 'change_order_package'"
        " join procore.records as p on p.id = c.project_id"
        " where c.kind = 'prime_contract' and c.origin_id is null and c.company_id = %s"
        " and o.fields->>'title' = 'Prime contract unlinked'",
        PROCORE_COMPANY,
    )
    return RecordId(COMPANY, project, contract), RecordId(COMPANY, project, order), job


def origin(stage: Stage, id: RecordId) -> str | None:
    """The origin id that the contract carries in Procore."""
    return stage.procore_record(id.record)["origin_id"]


def test_a3_a_change_order_can_be_exported_once_its_prime_contract_is_linked(stage: Stage) -> None:
    contract, order, job = unlinked(stage)
    stage.collect(CHANGE_ORDERS, projects=(order.project,))
    row = stage.row(CHANGE_ORDERS, order)
    assert row is not None
    assert row.state == "not_ready"
    assert "is not synced with Spectrum's. What to do: link the prime contract to its job's (link_export" in (
        row.broken_text or ""
    )
    ((_, record, key),) = pairs_of(
        {"object": "prime_contracts", "project": contract.project, "pairs": [f"{contract.record} = {job}"],
         "exact_names": False}
    )  # fmt: skip
    assert link(stage.systems(), linkable("prime_contracts"), contract, key, "otto") is True
    assert record == contract.record
    assert stage.warehouse(LINKS) == [(contract.record, job, "by hand", "otto", None)]
    assert origin(stage, contract) == f"{COMPANY}:{job}"
    assert stage.journal() == [], "nothing was written to Spectrum"
    assert link(stage.systems(), linkable("prime_contracts"), contract, job.lower(), "otto") is False, "again: nothing"

    document = stage.accept(CHANGE_ORDERS, order)
    assert document.calls[0].key["Job_Number"] == job
    assert stage.finish(CHANGE_ORDERS, order).state == "linked"
    assert_done(stage, CHANGE_ORDERS, order, document)


def test_a3_a_link_to_a_prime_contract_can_be_ended(stage: Stage) -> None:
    contract, order, job = unlinked(stage)
    obj = linkable("prime_contracts")
    link(stage.systems(), obj, contract, job, "otto")
    assert unlink(stage.systems(), obj, contract.record, "eva") == job
    assert origin(stage, contract) is None
    assert stage.warehouse(f"{LINKS} and unlinked_at is null") == []
    stage.collect(CHANGE_ORDERS, order.record, projects=(order.project,))
    assert stage.state(CHANGE_ORDERS, order) == "not_ready"
    assert link(stage.systems(), obj, contract, job, "otto") is True


def test_a3_a_second_prime_contract_is_refused_on_either_side(stage: Stage) -> None:
    """I2, with the reason; nothing is linked or marked."""
    contract, _, job = unlinked(stage)
    obj = linkable("prime_contracts")
    stage.sandbox(
        "insert into procore.records (id, company_id, project_id, kind, fields) select (select max(id) + 1 from"
        ' procore.records), company_id, project_id, kind, fields || \'{"number": "PC-2", "title": "Second"}\''
        " from procore.records where id = %s returning 1",
        int(contract.record),
    )
    with pytest.raises(FixRecord, match=r"the project has 2 prime contracts \(.*PC-2 Second\); 1 is allowed"):
        link(stage.systems(), obj, contract, job, "otto")
    stage.sandbox("update procore.records set deleted_at = now() where fields->>'number' = 'PC-2'")
    stage.sandbox(
        'insert into dbo."CR_CONTRACT_MASTER_MC" ("Company_Code", "Customer_Code", "Job_Number") values'
        " (lpad(%s, 3), 'SECOND', lpad(%s, 10)) returning 1",
        COMPANY,
        job,
    )
    with pytest.raises(FixRecord, match=rf"job {job} has 2 prime contracts in Spectrum \(customers .*SECOND.*\)"):
        link(stage.systems(), obj, contract, job, "otto")
    stage.sandbox('delete from dbo."CR_CONTRACT_MASTER_MC" where "Customer_Code" = \'SECOND\'')
    assert stage.warehouse(LINKS) == []
    assert origin(stage, contract) is None
    assert link(stage.systems(), obj, contract, job, "otto") is True


def test_a3_a_contract_of_another_job_is_refused(stage: Stage) -> None:
    """By the project's job; by a job that is not there, or has no contract; by another customer."""
    contract, _, job = unlinked(stage)
    obj = linkable("prime_contracts")
    ((other,),) = stage.sandbox(
        'select btrim("Job_Number") from dbo."CR_CONTRACT_MASTER_MC" where btrim("Company_Code") = %s'
        ' and btrim("Job_Number") <> %s order by 1 limit 1',
        COMPANY,
        job,
    )
    for key, said in (
        (other, f"its project is linked to job {job}, not to job {other}"),
        ("99-999", "Spectrum has no prime contract 99-999"),
        ("A\x00", "a character that cannot be stored"),
    ):
        with pytest.raises(FixRecord, match=said):
            link(stage.systems(), obj, contract, key, "otto")
    stage.sandbox('update dbo."JC_JOB_MASTER_MC" set "Customer_Code" = \'OTHER\' where btrim("Job_Number") = %s', job)
    with pytest.raises(FixRecord, match="the job's customer is OTHER"):
        link(stage.systems(), obj, contract, job, "otto")
    stage.sandbox(
        "update procore.records set origin_id = null, origin_code = null where id = %s", int(contract.project)
    )
    with pytest.raises(FixRecord, match="its project is linked to no job"):
        link(stage.systems(), obj, contract, job, "otto")
    assert stage.warehouse(LINKS) == []


def test_a3_amounts_are_compared_and_a_difference_is_shown(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """It is linked all the same: two contracts are one although somebody has not yet entered a line."""
    contract, order, job = unlinked(stage)
    lines = stage.sandbox(
        "select id::text, fields->>'amount' from procore.records where parent_id = %s and kind = 'contract_line'",
        int(contract.record),
    )
    record, amount = lines[0]
    stage.change_procore(record, amount=f"{Decimal(amount) + Decimal('1250.75'):.2f}")
    with caplog.at_level(logging.WARNING):
        assert link(stage.systems(), linkable("prime_contracts"), contract, job, "otto") is True
    ((_, _, _, _, note),) = stage.warehouse(LINKS)
    assert note.endswith(": +1,250.75 in Procore")
    assert note in caplog.text
    stage.collect(CHANGE_ORDERS, projects=(order.project,))
    row = stage.row(CHANGE_ORDERS, order)
    assert row is not None
    assert "bring the prime contract's schedule of values in Procore up to date" in (row.broken_text or "")


def test_a3_a_contract_with_the_id_of_another_system_is_not_taken_over(stage: Stage) -> None:
    """N12: a foreign id is replaced by nobody but a person."""
    contract, _, job = unlinked(stage)
    stage.sandbox("update procore.records set origin_id = 'SAGE-7' where id = %s", int(contract.record))
    with pytest.raises(FixRecord, match="the record is marked in Procore as SAGE-7"):
        link(stage.systems(), linkable("prime_contracts"), contract, job, "otto")
    assert origin(stage, contract) == "SAGE-7"


def test_a3_what_is_only_linked_is_never_exported() -> None:
    assert set(LINKABLE_NAMES) - set(EXPORTS) == {"prime_contracts"}
    with pytest.raises(KeyError):
        linkable("cost_codes")
