"""The list of the sandbox's faults: what can be switched on, with which values. `sandbox.faults` keeps what is on."""

from sandbox.fault import Fault, UnknownFaultError
from sandbox.fault_list_procore import PROCORE_FAULTS

__all__ = ["REGISTRY", "Fault", "UnknownFaultError", "known", "parse"]

REGISTRY: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("infolink_refuse_login", "Info-Link answers a login with error 18456, as for a wrong password"),
        Fault("infolink_blocked_ip", "Info-Link closes new connections before the login, as a firewall does"),
        Fault("infolink_drop_after_rows", "Info-Link closes the connection after so many rows of an answer", "int"),
        Fault("infolink_slow_ms", "Info-Link waits so many milliseconds before it answers a query", "int"),
        Fault("infolink_deny_table", "Info-Link refuses to read this table with error 229", "text"),
        Fault(
            "infolink_deny_column",
            "Info-Link shows this TABLE.COLUMN, and refuses with error 230 what reads it, as where a login was granted"
            " only the other columns",
            "text",
        ),
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
        *PROCORE_FAULTS,
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
