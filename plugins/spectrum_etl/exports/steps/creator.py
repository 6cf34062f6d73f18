"""Who made a record in Procore, and how they are reached: for telling them that it was rejected.

A lookup that fails never stops anything: what is wrong is said instead of an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.exports.objects.facts import text
from spectrum_etl.exports.spec import ExportObject
from spectrum_etl.exports.systems import Systems
from spectrum_etl.model.record import RecordId
from spectrum_etl.sources.faults import NotAllowed, NotFound
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient

#: One address alone: what separates or quotes several in a header is refused.
_ADDRESS = re.compile(r"[^@\s,;:<>()\"]+@[^@\s,;:<>()\"]+")


@dataclass(frozen=True)
class Creator:
    """Who made a record.

    Args:
        name: as Procore has it; empty where it is not known.
        address: their e-mail address; empty where none can be read.
        problem: why there is no address, with what to do; empty where there is one.
    """

    name: str = ""
    address: str = ""
    problem: str = ""


def creator_of(systems: Systems, obj: ExportObject, id: RecordId) -> Creator:
    """Read who made a record, as far as Procore says so.

    Args:
        obj: an object whose records name their creators (`creator`).

    Returns:
        With an address, or with the reason why there is none.
    """
    try:
        named = obj.creator(systems.procore, systems.company, id) if obj.creator else None
        if not named:
            return Creator(problem="Procore does not say who created the record")
        return _reached(systems.procore, named)
    except SpectrumEtlError as error:
        return Creator(problem=str(error))


def _reached(client: ProcoreClient, named: Mapping[str, Any]) -> Creator:
    name, login, id = (text(named.get(key)) for key in ("name", "login", "id"))
    if _ADDRESS.fullmatch(login):
        return Creator(name, login)
    if not id:
        return Creator(name, problem="Procore names the creator of the record without an id or a login")
    try:
        user = resources.user(client, id)
    except NotFound:
        return Creator(name, problem=f"user {id}, who created the record, is not in Procore's company directory")
    except NotAllowed:
        return Creator(
            name,
            problem=f"Procore does not let the address of user {id}, who created the record, be read. What to do: give"
            " the service account's permission template read access to the company's Directory",
        )
    name, address = text(user.get("name")) or name, text(user.get("email_address"))
    if not _ADDRESS.fullmatch(address):
        return Creator(name, problem=f"user {id}, who created the record, has no e-mail address in Procore's directory")
    return Creator(name, address)
