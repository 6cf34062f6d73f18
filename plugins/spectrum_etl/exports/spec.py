"""What an exportable object is: data and small named functions, from which queue, form, sending and documents follow.

`exports.objects` holds one `ExportObject` a module; the steps work with any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec

from spectrum_etl.exports.changes import Change
from spectrum_etl.exports.document import Document, digest
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.links.keys import Key, Space
from spectrum_etl.model import characters, dag_ids
from spectrum_etl.model.record import RecordId
from spectrum_etl.settings import Company, Settings

Given = ParamSpec("Given")

if TYPE_CHECKING:  # DAG files import this module, and must not import what the client needs
    from spectrum_etl.exports.spectrum import Spectrum
    from spectrum_etl.links.pairs import Links
    from spectrum_etl.sources.procore.client import ProcoreClient


@dataclass(frozen=True)
class RecordFilter:
    """What a run looks at, from its trigger form. Empty means everything.

    Args:
        projects: Procore project ids.
        records: Procore record ids.
    """

    projects: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A Procore record that might be exported, with everything of Procore that its rules and its document look at.

    Args:
        id: which record.
        title: what people call it, e.g. `Subcontract SC-001, Acme Drywall (River Tower)`.
        content: all facts that decide about it, as JSON values; money as text. Nothing else of Procore may be used:
            the fingerprint of this is what tells whether the record changed while it waited.
        refused: the fields that hold a character which cannot be kept or sent, with what surrounds it. Title and
            content have it escaped, so that everything can hold them (`characters`); such a record is never ready.
    """

    id: RecordId
    title: str
    content: Mapping[str, Any]
    refused: tuple[tuple[str, str], ...] = field(init=False, compare=False, default=())

    def __post_init__(self) -> None:
        """Find and escape what cannot be kept, wherever the candidate was made."""
        refused = tuple(characters.refused(self.content)) or tuple(characters.refused(self.title, "title"))
        if refused:
            object.__setattr__(self, "refused", refused)
            object.__setattr__(self, "title", characters.escaped(self.title))
            object.__setattr__(self, "content", characters.escaped_all(self.content))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content, independent of the order of its keys."""
        return digest(self.content)

    @property
    def project_name(self) -> str:
        """What people call its project; empty where it has none, or the content does not hold it."""
        return str((self.content.get("project") or {}).get("name") or "")


@dataclass(frozen=True)
class Skipped:
    """A project whose records could not be collected, while those of the others could.

    Args:
        project: its Procore id.
        reason: why, naming the project, and what to do.
    """

    project: str
    reason: str


@dataclass(frozen=True)
class Problem:
    """What a check finds wrong.

    Args:
        field: the field, as Procore's or the form's users know it.
        value: what it holds, as text; never a secret.
        message: what is wrong, naming the limit.
        fix: what to do, as an instruction.
    """

    field: str
    value: str
    message: str
    fix: str


@dataclass(frozen=True)
class Broken(Problem):
    """One rule that a record breaks.

    Args:
        rule: its number in the requirements, e.g. `G1`; `form` for a value of the approver's form, `text` for
            characters that cannot be kept or sent, `claim` for a key of Spectrum that is another record's.
    """

    rule: str = field(kw_only=True)


@dataclass(frozen=True)
class Rule(Generic[Given]):
    """One rule of the requirements, as an object has it.

    Args:
        number: e.g. `G1`.
        check: looks at a record, or at an answer of the form, and yields what is wrong.
        says: what has to hold, in words; empty: the first paragraph of the check's docstring.
    """

    number: str
    check: Callable[Given, Iterable[Problem]]
    says: str = ""

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Iterator[Broken]:
        """How the rule is broken; nothing where it holds."""
        for problem in self.check(*args, **kwargs):
            yield Broken(**vars(problem), rule=self.number)

    @property
    def name(self) -> str:
        """The name of its check, e.g. `has_a_line`."""
        return str(self._function.__name__)

    @property
    def words(self) -> str:
        """What has to hold."""
        return self.says or (self._function.__doc__ or "").strip().split("\n\n")[0]

    @property
    def _function(self) -> Any:
        return getattr(self.check, "func", self.check)


@dataclass(frozen=True)
class Context:
    """What rules and documents may look at besides the candidate.

    Args:
        company: the Spectrum company.
        settings: all settings; those of the exports are `settings.exports`.
        spectrum: what Spectrum holds.
        links: what is linked already.
    """

    company: Company
    settings: Settings
    spectrum: Spectrum
    links: Links


#: What a record belongs to: `itself` where it is the project.
Owner = Literal["company", "project", "itself"]
Answers = Mapping[str, str]
FormCheck = Callable[[Candidate, Answers, Context], Iterable[Problem]]
RecordRule = Rule[[Candidate, Context]]
FormRule = Rule[[Candidate, Answers, Context]]


@dataclass(frozen=True)
class FieldMapping:
    """One line of the mapping table in the documentation.

    Args:
        procore: the Procore field, or where else the value comes from.
        spectrum: `Service.Element`.
        note: format, limit, reason.
    """

    procore: str
    spectrum: str
    note: str = ""


@dataclass(frozen=True)
class ExportObject:
    """One exportable object.

    Args:
        name: `vendors`; the DAG is `export_vendors`.
        title: one of it, for people: `vendor`.
        services: the Spectrum web services that it writes with.
        collect: the approved, not yet exported records, streamed; with what their rules need. A project that Procore
            does not let be read is reported as skipped, and stops none of the others.
        read: one record again, as `collect` gives it; None when it is gone.
        rules: all are applied, and all that are broken are shown.
        form: what the approver is asked.
        form_rules: checked when the answer arrives, and again just before the first call.
        document: what is sent.
        mark: writes the link into Procore, where Procore has a field for it; repeating it does no harm. Returns why the
            record has no mark although others have, for people; else None. None itself: the link is only in the ledger.
        unmark: takes it out again, or returns why it stays. None as for `mark`.
        marked: which of its records get a mark, where not all do, for the documentation; e.g. `a budget modification`.
        holds: what Spectrum itself calls the record of a key that somebody typed, or that is linked; None where it
            holds none. Codes are compared as Spectrum does: trimmed and without case.
        belongs_to: a record belongs to the company, to a project, or is the project itself.
        space: what the key of its document, and of its link, is unique in: no other record has it while the record is
            exported, and for as long as it stays linked.
        claims: the other keys that its document writes under: no other record has them while it is exported.
        mapping: for the documentation.
        offers: whether a collected record holds anything that Spectrum lacks; where it says no, the record is left
            out of the queue, being neither ready nor wrong. None: always. The jobs need it: whether the codes of a
            synced project are new (B5) shows only in Spectrum.
        again: whether a record that was exported is offered again once its content differs from what was exported
            (forecasts; new cost codes of a job). Its Spectrum key must stay the same.
        frozen: the keys of the content that may not change after the export; differences are reported (G5, E2).
        changed: finds those differences in the exported and the current content; None: key by key.
        creator: who made the record in Procore, as it names them; None where it never does, or nobody is told.
        unconfirmed: what a person does where Spectrum holds something else than was sent, as an instruction.
    """

    name: str
    title: str
    services: tuple[str, ...]
    collect: Callable[[ProcoreClient, Company, RecordFilter], Iterator[Candidate | Skipped]]
    read: Callable[[ProcoreClient, Company, RecordId], Candidate | None]
    rules: tuple[RecordRule, ...]
    form: Callable[[Candidate, Context], tuple[FormField, ...]]
    form_rules: tuple[FormRule, ...]
    document: Callable[[Candidate, Answers, Context], Document]
    mark: Callable[[ProcoreClient, Company, RecordId, str], str | None] | None
    unmark: Callable[[ProcoreClient, Company, RecordId], str | None] | None
    holds: Callable[[Spectrum, str], str | None]
    space: Space
    belongs_to: Owner = "project"
    claims: Callable[[Document], Iterable[Key]] = lambda document: ()
    mapping: tuple[FieldMapping, ...] = field(default=())
    offers: Callable[[Candidate, Context], bool] | None = None
    again: bool = False
    frozen: tuple[str, ...] = ()
    changed: Callable[[Mapping[str, Any], Mapping[str, Any]], Iterable[Change]] | None = None
    creator: Callable[[ProcoreClient, Company, RecordId], Mapping[str, Any] | None] | None = None
    marked: str = ""
    unconfirmed: str = "look at it in Spectrum, and correct it there or in Procore"

    @property
    def dag_id(self) -> str:
        """The DAG that exports it."""
        return f"{dag_ids.EXPORT}{self.name}"

    def key(self, spectrum_key: str) -> Key:
        """The key of a link, which no other record may have while it lasts."""
        return Key(self.space, spectrum_key)

    def keys(self, document: Document) -> tuple[Key, ...]:
        """Every key that no other record may have while this document is sent."""
        return (self.key(document.key), *self.claims(document))
