"""One call of the stand-in Procore's API as its handlers see it: who, where, what was sent, and what may be seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql
from starlette.datastructures import QueryParams

from sandbox.procore.answers import Answer, ApiError
from sandbox.procore.filters import add_filters
from sandbox.procore.store import Record, Store
from sandbox.procore.switches import Paging
from sandbox.procore.ways import Ways

Present = Callable[[Store, Record], dict[str, Any]]

# Procore: page sizes vary by endpoint. Version 2: 10 unless asked, 100 at most (new-rest-v2-version). Projects: 100
# unless asked, 300 at most (list-projects).
_V1_PAGE, _V2_PAGE, LARGEST_PAGE = 20, 10, 100
PROJECTS_PAGE, LARGEST_PROJECTS_PAGE = 100, 300


@dataclass(frozen=True)
class Call:
    """What a handler works with.

    Args:
        store: the records, inside the call's transaction.
        company_id: of the header Procore-Company-Id.
        path: what the route's placeholders stand for.
        query: query parameters.
        body: the JSON object that was sent; empty when there is none.
        v2: whether the path is one of version 2.
        paging: how lists are paged.
        ways: what this Procore does where the reference leaves it open.
    """

    store: Store
    company_id: int
    path: Mapping[str, str]
    query: QueryParams
    body: Mapping[str, Any]
    v2: bool
    paging: Paging = field(default_factory=Paging)
    ways: Ways = field(default_factory=Ways)

    def number(self, name: str) -> int:
        """Return an id from path, query or body.

        Raises:
            ApiError: 400 when it is missing or no whole number.
        """
        for source in (self.path, self.query, self.body):
            value = source.get(name)
            if value is not None and value != "":
                try:
                    return int(value)
                except (TypeError, ValueError):
                    raise ApiError(400, f"{name} is no whole number") from None
        raise ApiError(400, f"param is missing or the value is empty: {name}")

    def company(self) -> int:
        """Return the company of the call, given both by parameter and by header.

        Raises:
            ApiError: 400 without the parameter, 403 when it names another company than the header.
        """
        if self.number("company_id") != self.company_id:
            raise ApiError(403, "App is not connected to this company")
        return self.company_id

    def project(self) -> Record:
        """Return the project of the call.

        Raises:
            ApiError: 400 without the parameter, 404 for one that this company does not have, 403 (or 404, a switch) for
                one that the service account is not permitted to see.
        """
        if "company_id" in self.path:
            self.company()
        return self.visible(self.find(self.number("project_id"), "project"))

    def visible(self, project: Record) -> Record:
        """Return a project if the service account is permitted to see it.

        Raises:
            ApiError: 403 otherwise, or 404.
        """
        if project["permitted"]:
            return project
        if self.ways.unseen == 404:
            raise ApiError(404, "Not found")
        raise ApiError(403, "You do not have permission to perform this action")

    def find(self, record_id: int, *kinds: str, project: Record | None = None) -> Record:
        """Return a record of this company.

        Args:
            record_id: which.
            kinds: what it may be.
            project: where it must belong to.

        Raises:
            ApiError: 404 when there is none, or it is elsewhere, or deleted.
        """
        record = self.store.get(record_id)
        known = record is not None and record.kind in kinds and record.company_id == self.company_id
        if record is None or not known or record.deleted_at or (project and record.project_id != project.id):
            raise ApiError(404, "Not found")
        return record

    def sent(self, wrapper: str) -> Mapping[str, Any]:
        """Return the attributes that were sent under the resource's name.

        Raises:
            ApiError: 400 when they are missing or no object.
        """
        value = self.body.get(wrapper)
        if not isinstance(value, Mapping) or not value:
            raise ApiError(400, f"param is missing or the value is empty: {wrapper}")
        return value

    def page(
        self,
        kind: str | Sequence[str],
        present: Present,
        *,
        project: Record | None = None,
        parent: Record | None = None,
        filters: Mapping[str, str] | None = None,
        paged: bool = True,
        sizes: tuple[int, int] | None = None,
        where: Sequence[sql.Composable] = (),
    ) -> Answer:
        """Return the page of records that was asked for.

        Args:
            kind: of the records, one or several.
            present: turns a record into what Procore shows.
            project, parent: whose they are.
            filters: further filters of this endpoint: name in the query, and the column or attribute it looks at.
            paged: whether this endpoint has pages at all.
            sizes: of its pages: unless asked for, and the largest.
            where: further conditions, without parameters.

        Raises:
            ApiError: 400 for a filter or page number that cannot be read.
        """
        kinds = [kind] if isinstance(kind, str) else list(kind)
        conditions: list[sql.Composable] = [sql.SQL("kind = ANY(%s) AND company_id = %s"), *where]
        values: list[Any] = [kinds, self.company_id]
        for column, owner in (("project_id", project), ("parent_id", parent)):
            if owner is not None:
                conditions.append(sql.SQL("{} = %s").format(sql.Identifier(column)))
                values.append(owner.id)
        add_filters(self.query, filters or {}, conditions, values, any_case=self.ways.finds_any_case)
        if not paged:
            return Answer([present(self.store, record) for record in self.store.select(conditions, values)[0]])
        usual, largest = sizes or (_V2_PAGE if self.v2 else _V1_PAGE, LARGEST_PAGE)
        size = min(self._positive("per_page", usual), largest, self.paging.cap or largest)
        page = self._positive("page", 1)
        records, total = self.store.select(conditions, values, size, (page - 1) * size)
        shown = [present(self.store, record) for record in records]
        if not self.paging.headers:
            return Answer(shown)
        return Answer(shown, total=total, extra_total=self.paging.extra, page=page, per_page=size)

    def _positive(self, name: str, otherwise: int) -> int:
        text = self.query.get(name, "")
        if text and not (text.isdecimal() and int(text) > 0):
            raise ApiError(400, f"{name} is no positive whole number")
        return int(text) if text else otherwise


Handler = Callable[[Call], Answer]
