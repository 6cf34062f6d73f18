"""One switchable fault of the sandbox: its name, what it does, which values it takes; the lists of them use it."""

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
