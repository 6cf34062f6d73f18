"""Accepts many records by one call, which goes on when the browser is closed. Routes of the page.

Each answer is checked and given as a single one is. How far a batch has come is a file on the machine of the API
server, that all of its processes read: the page's login may only read the warehouse. A server that is stopped in the
middle stops the batch; what was not answered still waits.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.page import access, scope
from spectrum_etl.page.answers import ExactJson
from spectrum_etl.page.respond import MAX_ROWS, AnswerRequest, give

router = APIRouter()

#: Answers that are given at the same time: each asks Airflow twice and the warehouse twice.
_AT_ONCE = 3
#: A batch whose file is older in seconds, while it is not over, is not worked on any more.
_SILENT = 60
#: Seconds that the outcome of a batch is kept for its approver.
_KEPT = 7 * 24 * 3600
_running: set[asyncio.Task[None]] = set()


class Item(AnswerRequest):
    """One record that is accepted as its form proposes.

    Args:
        title: what people call it, for what could not be accepted.
    """

    title: str = Field("", max_length=1000)


class Batch(BaseModel):
    """The records that are accepted together."""

    items: list[Item] = Field(min_length=1, max_length=MAX_ROWS)


@router.post("/api/export/accept-all")
async def accept_all(request: Request, asked: Batch, readable: access.Readable, user: GetUserDep) -> ExactJson:
    """Accept records, each as it was shown; answers at once, and goes on by itself.

    Raises:
        HTTPException: 403 for who is no approver; 409 while a batch of the same approver is under way; 422 where
            an item is no acceptance.
    """
    await run_in_threadpool(access.require_approver, user)
    for item in asked.items:
        scope.export_objects(readable, item.object)
        if item.decision != "accept":
            raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "Only acceptances can be given together.")
    who = access.user_id(user)
    old = _latest(who)
    if old and _shown(old)["state"] == "running":
        raise HTTPException(status.HTTP_409_CONFLICT, "You are already accepting records: wait until they are done.")
    begun = {"id": secrets.token_hex(16), "user": who, "began": time.time(), "total": len(asked.items)}
    batch: dict[str, Any] = {**begun, "accepted": [], "failed": [], "over": False, "stop": False}
    _write(batch)
    task = asyncio.create_task(_work(request, asked.items, batch))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return ExactJson(_shown(batch))


@router.get("/api/export/accept-all")
def progress(user: GetUserDep) -> ExactJson:
    """How far the user's last batch has come; null where there is none, or it was dismissed."""
    found = _latest(access.user_id(user))
    return ExactJson({"batch": _shown(found) if found else None})


@router.post("/api/export/accept-all/stop")
def stop(user: GetUserDep) -> ExactJson:
    """Stop the user's batch after the answers that are being given, or dismiss one that is over."""
    found = _latest(access.user_id(user))
    if found and _shown(found)["state"] == "running":
        _stop_file(found["id"]).touch(mode=0o600)
    elif found:
        _file(found["id"]).unlink(missing_ok=True)
        _stop_file(found["id"]).unlink(missing_ok=True)
    return ExactJson({})


async def _work(request: Request, items: list[Item], batch: dict[str, Any]) -> None:
    """Give every answer; what cannot be given is kept with its reason, and stops none of the others."""
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            if _stop_file(batch["id"]).exists():
                batch["stop"] = True
                return
            try:
                await give(request, item)
            except HTTPException as error:
                batch["failed"].append(_failure(item, _words(error.detail)))
            except SpectrumEtlError as error:
                batch["failed"].append(_failure(item, str(error)))
            except Exception as error:  # noqa: BLE001 — of one record; the approver is told, the others are answered
                batch["failed"].append(_failure(item, f"Airflow could not take the answer: {type(error).__name__}."))
            else:
                batch["accepted"].append(_key(item))
            await run_in_threadpool(_write, batch)

    await asyncio.gather(*(worker() for _ in range(_AT_ONCE)))
    batch["over"] = True
    await run_in_threadpool(_write, batch)


def _words(detail: Any) -> str:
    fields = detail.get("fields") if isinstance(detail, dict) else None
    return " ".join(fields.values()) if fields else str(detail)


def _failure(item: Item, why: str) -> dict[str, str]:
    names = {"object_name": item.object, "company_code": item.company, "project_id": item.project}
    return {**names, "record_id": item.record, "title": item.title or item.record, "why": why}


def _key(item: Item) -> str:
    """The record and the question, as the page's lists know them: one that is asked again is another question."""
    asks = item.asks
    record = f"{item.object}/{item.company}/{item.project}/{item.record}"
    return f"{record}|{asks.asks_run_id}|{asks.asks_task_id}|{asks.asks_map_index}"


def _shown(batch: dict[str, Any]) -> dict[str, Any]:
    """A batch for its approver: running, over, stopped by them, or broken off with the server."""
    done = len(batch["accepted"]) + len(batch["failed"])
    if batch["over"]:
        state = "stopped" if batch["stop"] and done < batch["total"] else "over"
    else:
        state = "broken off" if time.time() - batch.get("written", batch["began"]) > _SILENT else "running"
    kept = {name: batch[name] for name in ("total", "accepted", "failed")}
    return {**kept, "done": done, "state": state}


def _folder() -> Path:
    """A folder of this user only, on the machine that serves.

    Raises:
        HTTPException: 503, somebody else has put one there.
    """
    folder = Path(tempfile.gettempdir()) / f"erp-integrations-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, f"{folder} is not this server's own: remove it.")
    return folder


def _file(id: str) -> Path:
    return _folder() / f"{id}.json"


def _stop_file(id: str) -> Path:
    return _folder() / f"{id}.stop"


def _write(batch: dict[str, Any]) -> None:
    """Whole or not at all: another process reads it meanwhile."""
    batch["written"] = time.time()
    new = _folder() / f"{batch['id']}.{secrets.token_hex(4)}.new"
    new.write_text(json.dumps(batch))
    new.replace(_file(batch["id"]))


def _batches() -> Iterator[dict[str, Any]]:
    for file in _folder().glob("*.json"):
        try:
            batch = json.loads(file.read_text())
        except FileNotFoundError:
            continue  # dismissed just now
        if time.time() - batch["began"] > _KEPT:
            file.unlink(missing_ok=True)
            continue
        yield batch


def _latest(user: str) -> dict[str, Any] | None:
    own = [batch for batch in _batches() if batch["user"] == user]
    return max(own, key=lambda batch: float(batch["began"]), default=None)
