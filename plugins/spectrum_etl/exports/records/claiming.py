"""What the exports claim: the keys of a record's document, for the record.

Claims themselves are in `links.claims`; which keys a document has, its object's spec says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import psycopg

from spectrum_etl.exports.document import Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.linkable import Linkable
from spectrum_etl.exports.records.ledger import Attempt, Response
from spectrum_etl.exports.spec import Broken, Candidate, ExportObject
from spectrum_etl.links import claims
from spectrum_etl.links.claims import Claim, Owner, Taken
from spectrum_etl.model.record import RecordId


def owner(obj: Linkable, id: RecordId, title: str = "") -> Owner:
    """A record as the claims know it.

    Args:
        title: what people call it; needed to claim, not to give up.
    """
    return Owner(obj.name, id.company, id.project, id.record, title)


def claim(
    connection: psycopg.Connection,
    obj: ExportObject,
    candidate: Candidate,
    document: Document,
    response: Response,
    attempt_id: int,
) -> None:
    """Claim the keys of what was accepted, in the transaction that records the answer.

    Raises:
        Taken: another record has one of them.
        RetryLater: as `links.claims.claim`.
    """
    claims.claim(
        connection,
        owner(obj, candidate.id, candidate.title),
        obj.keys(document),
        attempt_id=attempt_id,
        by=response.user_id,
        by_name=response.user_name,
        at=response.at,
    )


def claim_again(connection: psycopg.Connection, obj: ExportObject, id: RecordId, title: str, attempt: Attempt) -> None:
    """Claim the keys of a failed attempt that is taken up again, in the transaction that reopens it.

    Raises:
        Taken: another record has one of them.
        RetryLater: as `links.claims.claim`.
    """
    claims.claim(
        connection,
        owner(obj, id, title),
        obj.keys(attempt.document),
        attempt_id=attempt.attempt_id,
        by=attempt.answered_by,
        by_name=attempt.answered_by_name,
        at=attempt.answered_at,
    )


def holders(connection: psycopg.Connection, obj: ExportObject, id: RecordId, document: Document) -> list[Claim]:
    """The claims of other records on the keys of a document."""
    return claims.holders(connection, owner(obj, id), obj.keys(document))


def without_taken(
    obj: ExportObject, fields: Sequence[FormField], document: Document, taken: Sequence[Claim]
) -> tuple[FormField, ...]:
    """The form without the proposals that are another record's number; the field says whose it is.

    Args:
        fields: with proposals.
        document: what they would lead to.
        taken: the claims of other records on its keys.
    """
    spaces = {claim.key.space for claim in taken}
    numbers = {key.text.rpartition("/")[2] for key in obj.keys(document) if key.space in spaces}
    elements = {element for call in document.calls for element in call.key}
    said = "; ".join(claim.in_words for claim in taken)
    return tuple(
        replace(field, proposal="", description=f"{field.description} {field.proposal} is not proposed: {said}.")
        if field.proposal in numbers and elements & set(field.fills)
        else field
        for field in fields
    )


def broken(taken: Sequence[Claim]) -> list[Broken]:
    """Why a record whose form cannot give it another key is not ready: others are linked to its keys."""
    return [
        Broken(
            claim.key.space,
            claim.key.text,
            claim.in_words,
            "only one record of Procore can belong to it: end the wrong link with unlink_export, or correct in Procore"
            " which job the project is linked to",
            rule="claim",
        )
        for claim in taken
        if claim.linked
    ]


def reserved(taken: Sequence[Claim], id: RecordId) -> list[Broken]:
    """Why a record is not ready whatever its form says: a row of a plan was accepted that links it, or will."""
    return [
        Broken(
            claim.key.space,
            claim.key.text,
            claim.in_words,
            "wait until that row of the plan was applied, or take it back, then look at Procore again",
            rule="claim",
        )
        for claim in taken
        if claim.planned and claim.owner.record == id.record
    ]


def in_words(taken: Taken) -> str:
    """Whose the number is, and what to do."""
    return f"{taken.message}. What to do: {taken.instruction}"
