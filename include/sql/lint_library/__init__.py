"""Stand-ins for the filters of plugins/spectrum_etl/warehouse/templates.py, for sqlfluff to parse them."""


def ident(name: str) -> str:
    """The identifier as it is: what quoting adds is the driver's business."""
    return name


def idents(names: list[str], alias: str = "") -> str:
    """Identifiers separated by commas."""
    return ", ".join(f"{alias}.{name}" if alias else name for name in names)


def bound(name: str) -> str:
    """Something that stands where a value is bound."""
    return f"bound.{name}"


SQLFLUFF_JINJA_FILTERS = {"ident": ident, "idents": idents, "bound": bound}
