"""Handlers of the stand-in Procore: companies, their people, departments, and what the service account may do."""

from sandbox.procore import permissions
from sandbox.procore import shapes_company as shapes
from sandbox.procore.answers import Answer, ApiError
from sandbox.procore.calls import Call, Handler


def _companies(call: Call) -> Answer:
    return call.page("company", shapes.company)


def _me(call: Call) -> Answer:
    return Answer({"id": call.company_id * 10, "login": "service-account@procore.example", "name": "Service Account"})


def _user(call: Call) -> Answer:
    call.company()
    return Answer(shapes.user(call.store, call.find(call.number("id"), "user")))


def _departments(call: Call) -> Answer:
    call.company()
    return call.page("department", shapes.department)


def _permissions(call: Call) -> Answer:
    """The manifest of a company or a project: one of the two is named, not both."""
    if call.query.get("project_id"):
        if call.query.get("company_id"):
            raise ApiError(400, "company_id should be omitted for project level permissions")
        off = frozenset(call.project()["tools_off"] or ())
        return Answer(permissions.manifest(call.ways, permissions.PROJECT_TOOLS, off))
    call.company()
    return Answer(permissions.manifest(call.ways, permissions.COMPANY_TOOLS))


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/rest/v1.0/companies", _companies),
    ("GET", "/rest/v1.0/me", _me),
    ("GET", "/rest/v1.3/companies/{company_id:int}/users/{id:int}", _user),
    ("GET", "/rest/v1.0/departments", _departments),
    ("GET", "/rest/v1.0/settings/permissions", _permissions),
)
