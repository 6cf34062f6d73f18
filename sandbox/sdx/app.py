"""The web application behind the stand-in web services: routes, sign-in, faults. Run by `sandbox.sdx.server`."""

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.calls import CallLog, Entry, without_secrets
from sandbox.sdx import answers
from sandbox.sdx.access import Installation
from sandbox.sdx.database import Connections
from sandbox.sdx.envelope import CallError, read_call, write_answer, write_fault
from sandbox.sdx.lines import Lines
from sandbox.sdx.login import bearer, rest_authorization
from sandbox.sdx.reads import read
from sandbox.sdx.services import Service, services
from sandbox.sdx.sign_in import SignIn
from sandbox.sdx.switches import Damage, Switches
from sandbox.sdx.vendor_list import VendorRequestError, read_vendors
from sandbox.sdx.write_answers import WriteAnswers
from sandbox.sdx.wsdl import wsdl


class SdxApp:
    """Answers the requests; blocking work runs in starlette's threads.

    Args:
        connections: the sandbox database.
        installation: IDs, clients and switches of the installation.
        switches: the faults.
        calls: where calls are noted.
        lines: the server's open connections, for answers that get lost.
    """

    def __init__(
        self,
        connections: Connections,
        installation: Installation,
        switches: Switches,
        calls: CallLog,
        lines: Lines,
    ) -> None:
        self._connections = connections
        self._installation = installation
        self._switches = switches
        self._calls = calls
        self._sign_in = SignIn(installation, switches, calls)
        self._writes = WriteAnswers(connections, installation, switches, lines)

    def application(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/wsdls/{file}", self._wsdl, methods=["GET"]),
                Route("/ws/{file}", self._wsdl, methods=["GET"]),
                Route("/ws/{service}", self._soap, methods=["POST"]),
                Route("/vendors/{company}", self._vendors, methods=["GET"]),
                Route("/contract/scheduleofvalues", self._schedule, methods=["POST"]),
                Route("/connect/token", self._sign_in.token, methods=["POST"]),
                Route("/secretRotation", self._sign_in.rotate, methods=["POST"]),
                Route("/_sandbox/calls", self._report, methods=["GET"]),
                Route("/_sandbox/calls", self._reset, methods=["DELETE"]),
            ]
        )

    async def _report(self, _: Request) -> Response:
        return JSONResponse(self._calls.report())

    async def _reset(self, _: Request) -> Response:
        self._calls.reset()
        return Response(status_code=204)

    async def _wsdl(self, request: Request) -> Response:
        name = request.path_params["file"]
        service = services().get(name.removesuffix(".jws"))
        if await run_in_threadpool(self._switches.blocked):
            return answers.blocked()
        if service is None or service.transport != "soap" or not name.endswith(".jws"):
            return Response(f"there is no WSDL {name}", 404, media_type="text/plain")
        call_url = str(request.url.replace(path=f"/ws/{service.name}", query=""))
        return Response(wsdl(service, call_url), media_type="text/xml")

    async def _soap(self, request: Request) -> Response:
        service = services().get(request.path_params["service"])
        if service is None or service.transport != "soap":
            return Response("there is no such web service", 404, media_type="text/plain")
        return await self._serve(service, request, self._writes.soap if service.writes else self._answer_soap)

    async def _vendors(self, request: Request) -> Response:
        return await self._serve(services()["Vendors"], request, self._answer_vendors)

    async def _schedule(self, request: Request) -> Response:
        return await self._serve(services()["ScheduleOfValues"], request, self._writes.schedule)

    async def _serve(
        self, service: Service, request: Request, answer: Callable[[Service, Request, bytes, Entry, Damage], Response]
    ) -> Response:
        body = await request.body()
        with self._calls.running(service.name) as entry:
            response = await run_in_threadpool(self._guarded, service, request, body, entry, answer)
            entry["status"] = response.status_code
            return response

    def _guarded(
        self,
        service: Service,
        request: Request,
        body: bytes,
        entry: Entry,
        answer: Callable[[Service, Request, bytes, Entry, Damage], Response],
    ) -> Response:
        """What every service has in common: the address, the token, and the faults that end a call."""
        if self._switches.blocked():
            return answers.blocked()
        enhanced = self._installation.enhanced
        damage = self._switches.damage(enhanced)
        time.sleep(damage.slow_seconds)
        if enhanced and (damage.expired_token or not self._installation.tokens.valid(bearer(request))):
            return answers.unauthorized("Bearer", "The access token is missing, wrong or expired")
        if damage.http_500:
            return Response("Internal Server Error", 500, media_type="text/plain")
        response = answer(service, request, body, entry, damage)
        if damage.drop and not isinstance(response, answers.LostAnswer):
            return answers.BrokenOffResponse(bytes(response.body), response.status_code, media_type=response.media_type)
        return response

    def _answer_soap(self, service: Service, _: Request, body: bytes, entry: Entry, damage: Damage) -> Response:
        try:
            call = read_call(body, service)
            entry["parameters"] = without_secrets(call)
            if damage.server_fault:
                raise CallError("Error executing Web Service", "SOAP-ENV:Server")
            records = read(
                self._connections,
                service,
                call,
                self._installation.authorizations,
                self._installation.guids,
                self._switches.limits(),
                self._switches.services_off(),
            )
        except CallError as error:
            return Response(write_fault(error.code, str(error)), 500, media_type=answers.XML)
        content = write_answer(service, records, self._switches.forbidden())
        if damage.cut_tail:
            content = answers.cut_tail(content)
        if damage.cut_record:
            content = answers.cut_record(content)
        return Response(content, media_type=answers.XML)

    def _answer_vendors(self, service: Service, request: Request, _: bytes, entry: Entry, damage: Damage) -> Response:
        company = request.path_params["company"].strip()
        query = dict(request.query_params)
        entry["parameters"] = without_secrets({"pCompany_Code": company} | query)
        if damage.server_fault:
            return Response("Error executing Web Service", 500, media_type="text/plain")
        off = self._switches.services_off()
        login = rest_authorization(request, service, company, self._installation.authorizations, off)
        if isinstance(login, Response):
            return login
        try:
            vendors = read_vendors(self._connections, service, company, query, self._switches.paging())
        except VendorRequestError as error:
            return answers.rest_error(400, "I", str(error), error.column)
        response = answers.json_list("vendors", vendors, self._switches.forbidden())
        if damage.cut_tail or damage.cut_record:
            body = bytes(response.body)
            return Response(body[: -2 if damage.cut_tail else len(body) * 2 // 3], media_type="application/json")
        return response
