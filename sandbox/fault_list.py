"""The list of the sandbox's faults: what can be switched on, with which values. `sandbox.faults` keeps what is on."""

from dataclasses import dataclass

# The services that write, which a fault of the kinds "service", "wait" and "nth" may be narrowed to.
WRITING_SERVICES = (
    "AddVendor",
    "UpdateVendor",
    "AddJob",
    "UpdateJob",
    "AddPhase",
    "JobCostProjections",
    "UpdateSubcontract",
    "UpdateSubcontractPhases",
    "ARChangeRequest",
    "ScheduleOfValues",
)


class UnknownFaultError(ValueError):
    """A fault's name is not in the registry, or its value or count does not fit; the message says what would."""


@dataclass(frozen=True)
class Fault:
    """One fault that can be switched on.

    Args:
        name: as it is written on the command line.
        description: what it does, one line.
        kind: "flag" (no value), "int" (a whole number, at least 0), "text" (a name), "switch" (on or off), "choice"
            (one of `choices`), "service" (nothing, or a writing service it is narrowed to), "wait" (seconds, or service
            and seconds as `AddVendor/5`) or "nth" (the call it happens to, or service and call as `ARChangeRequest/3`).
        default: the value it has when nobody set it; None: off.
        choices: the values of a choice.
    """

    name: str
    description: str
    kind: str = "flag"
    default: str | None = None
    choices: tuple[str, ...] = ()

    def checked(self, value: str | None) -> str:
        """The value in its stored form.

        Raises:
            UnknownFaultError: a value of the wrong kind.
        """
        if self.kind in {"flag", "service"} and value in (None, "", "on"):
            return "on"
        if self.kind == "int" and value is not None and value.isdecimal():
            return str(int(value))
        if self.kind == "switch" and value in ("on", "off"):
            return value
        if self.kind == "text" and value:
            return value
        if self.kind == "choice" and value in self.choices:
            return value
        if self.kind == "service" and value in WRITING_SERVICES:
            return value
        if self.kind in {"wait", "nth"} and value:
            service, slash, number = value.rpartition("/")
            least = 1 if self.kind == "nth" else 0
            known = service in WRITING_SERVICES if slash else True
            if known and number.isdecimal() and int(number) >= least:
                return f"{service}{slash}{int(number)}"
        services = ", ".join(WRITING_SERVICES)
        wanted = {
            "flag": "no value",
            "int": "a whole number",
            "switch": "on or off",
            "text": "a name",
            "choice": f"one of {', '.join(self.choices)}",
            "service": f"no value, or one of {services}",
            "wait": f"a number of seconds, or SERVICE/SECONDS with one of {services}",
            "nth": f"the number of the call, or SERVICE/NUMBER with one of {services}",
        }[self.kind]
        raise UnknownFaultError(f"fault {self.name}: the value {value!r} does not fit, it takes {wanted}")

    def meets(self, value: str, service: str | None) -> bool:
        """Say whether a stored value is meant for this service; a value that names none is meant for all."""
        named = value if self.kind == "service" and value != "on" else value.rpartition("/")[0]
        return self.kind not in {"service", "wait", "nth"} or not named or named == service


REGISTRY: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("infolink_refuse_login", "Info-Link answers a login with error 18456, as for a wrong password"),
        Fault("infolink_blocked_ip", "Info-Link closes new connections before the login, as a firewall does"),
        Fault("infolink_drop_after_rows", "Info-Link closes the connection after so many rows of an answer", "int"),
        Fault("infolink_slow_ms", "Info-Link waits so many milliseconds before it answers a query", "int"),
        Fault("infolink_deny_table", "Info-Link refuses to read this table with error 229", "text"),
        Fault("infolink_log", "Info-Link notes each query with its begin and end in sandbox.infolink_queries"),
        Fault(
            "infolink_metadata",
            "what the login sees of indexes and of how changes are tracked: hidden, as rows that are not there, or"
            " refused with error 229",
            "choice",
            choices=("hidden", "refused"),
        ),
        Fault("infolink_change_tracking", "Change Tracking is on for this table", "text"),
        Fault("infolink_cdc", "change data capture is on for this table", "text"),
        Fault("infolink_nul", "Info-Link sends CHAR(0) wherever a stored text holds its symbol, U+2400"),
        Fault("sdx_row_cap", "SDX cuts answers at so many rows; 0 is no limit", "int", default="500"),
        Fault("sdx_warning_row", "SDX adds a warning row to an answer it has cut", "switch", default="on"),
        Fault(
            "sdx_projected_more",
            "GetPhase shows projected costs that are so many dollars more than their rows add up to",
            "int",
            default="0",
        ),
        Fault(
            "sdx_forbidden",
            "how SDX writes characters that XML cannot carry: as references, as they are, as half of a character, as"
            " bytes that are no text, or with care, as a space",
            "choice",
            default="reference",
            choices=("reference", "raw", "surrogate", "bytes", "space"),
        ),
        Fault(
            "sdx_page",
            "Get Vendors answers so many at a time unless $limit and $skip say otherwise, as a third-party reference"
            " has it; 0: it knows no pages and answers with all",
            "int",
            default="0",
        ),
        Fault("sdx_ignores_parameters", "Get Vendors ignores parameters that it does not know, and refuses none"),
        Fault("sdx_cut_tail", "SDX leaves the closing tags of an answer off"),
        Fault("sdx_cut_record", "SDX ends an answer in the middle of a record"),
        Fault("sdx_server_fault", "SDX answers with a SOAP fault of its server"),
        Fault("sdx_slow_ms", "SDX waits so many milliseconds before it answers", "int"),
        Fault("sdx_http_500", "SDX answers with HTTP status 500"),
        Fault("sdx_drop_connection", "SDX does the work and closes the connection without an answer"),
        Fault("sdx_expired_token", "SDX refuses the bearer token as expired"),
        Fault("sdx_service_off", "SDX does not offer this service to the Authorization ID", "text"),
        Fault("sdx_blocked_ip", "SDX refuses the caller's address"),
        Fault("write_lost_answer", "a write does its work and closes the connection without an answer", "service"),
        Fault("write_cut", "a write does its work and its answer ends in the middle", "service"),
        Fault("write_slow", "a write does its work at once and answers so many seconds later", "wait"),
        Fault("write_late", "a write does its work only after so many seconds, caller or not", "wait"),
        Fault("write_500_before", "a write does nothing and answers with HTTP status 500", "service"),
        Fault("write_500_after", "a write does its work and answers with HTTP status 500", "service"),
        Fault("write_fault_before", "the write of this number does nothing and answers with a SOAP fault, once", "nth"),
        Fault("write_fault_after", "the write of this number does its work and answers with a SOAP fault, once", "nth"),
        Fault(
            "write_success",
            "what an accepted write answers: an empty list, a record with code G, one with a blank code, or in turns",
            "choice",
            default="rotate",
            choices=("rotate", "empty", "good", "blank"),
        ),
        Fault(
            "write_cost_type_renames",
            "AddPhase of a new cost type renames the phase too, as its update does; off: the description is ignored",
            "switch",
            default="on",
        ),
        Fault(
            "write_blank_activates",
            "a blank Status_Code of UpdateJob and AddPhase makes the record active, as their pages can be read",
            "switch",
            default="off",
        ),
        Fault(
            "write_same_line",
            "ARChangeRequest with other values for a line it has: refused, or the line is updated",
            "choice",
            default="refuse",
            choices=("refuse", "update"),
        ),
        Fault(
            "write_worked_out_projection",
            "JobCostProjections of a phase whose projection is worked out by unit costs: refused, or ignored",
            "choice",
            default="refuse",
            choices=("refuse", "ignore"),
        ),
        Fault("procore_hourly_limit", "Procore takes so many calls an hour; 0 is no limit", "int", default="3600"),
        Fault("procore_spike_limit", "Procore takes so many calls in ten seconds; 0 is no limit", "int", default="100"),
        Fault("procore_rate_limit", "Procore answers 429, to be tried again after so many seconds", "int"),
        Fault("procore_503", "Procore answers 503 with Retry-After of so many seconds", "int"),
        Fault("procore_token_expired", "Procore lets the access token of a call expire"),
        Fault("procore_slow", "Procore waits so many milliseconds before it answers", "int"),
        Fault("procore_500", "Procore answers with HTTP status 500 and does nothing"),
        Fault("procore_lost_answer", "Procore does what a writing call asks and closes the connection"),
        Fault("procore_page_cut", "Procore ends the answer to a reading call in the middle"),
        Fault(
            "procore_forbidden", "Procore answers 403 where path and query contain this, as a tool that is off", "text"
        ),
        Fault(
            "procore_budgets_moved",
            "Procore answers 405 where a budget modification is written, since the company has moved to budget changes",
        ),
        Fault(
            "procore_no_page_headers",
            "Procore's lists come without Link, Total and Per-Page, whose headers not all lists have",
        ),
        Fault("procore_page_cap", "Procore gives at most so many records a page, whatever is asked for", "int"),
        Fault("procore_extra_total", "Procore's Total counts so many records more than it shows", "int"),
        Fault("procore_only", "the other faults of Procore strike only paths that contain this", "text"),
    )
}


def parse(text: str) -> tuple[str, str, int | None]:
    """Read a fault as it is written on the command line: `name`, `name=value`, `name=value:count` or `name:count`.

    Returns:
        Name, stored value and how many calls meet it (None: all).

    Raises:
        UnknownFaultError: no such fault, or a value or count that does not fit.
    """
    head, colon, tail = text.rpartition(":")
    rest, count_text = (head, tail) if colon and tail.isdecimal() else (text, "")
    name, equals, value = rest.partition("=")
    fault = known(name.strip())
    count = int(count_text) if count_text else None
    if count == 0:
        raise UnknownFaultError(f"fault {fault.name}: a count of 0 calls never happens, leave it out or give 1 or more")
    if fault.kind == "nth" and count is not None:
        raise UnknownFaultError(f"fault {fault.name} happens once and takes no count: leave :{count} out")
    return fault.name, fault.checked(value.strip() if equals else None), count


def known(name: str) -> Fault:
    """The fault of this name.

    Raises:
        UnknownFaultError: there is none.
    """
    fault = REGISTRY.get(name)
    if fault is None:
        raise UnknownFaultError(f"no fault named {name!r}; there are: {', '.join(REGISTRY)}")
    return fault
