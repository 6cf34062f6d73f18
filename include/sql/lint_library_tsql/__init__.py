"""Stand-ins for what the templates of Info-Link's queries use, for sqlfluff to parse them."""


def code(column: str) -> str:
    """A code as it is compared: trimmed, and without regard to the database's collation."""
    return f"LTRIM(RTRIM({column}))"


class Alias:
    """A table of a query: its columns by their names in the spec."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, column: str) -> str:
        return f"{self.name}.{column}"

    def __getitem__(self, column: str) -> str:
        return f"{self.name}.{column}"

    def __contains__(self, column: str) -> bool:
        return True


class EveryAlias:
    """Something that there is of each table of a query."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __getattr__(self, alias: str) -> str:
        return self.text.format(alias=alias)

    def __getitem__(self, alias: str) -> str:
        return self.text.format(alias=alias)

    def __str__(self) -> str:
        return self.text.format(alias="t")


c, d, e, h, i, j, p, s, t, v = map(Alias, "cdehijpstv")
tables = EveryAlias("dbo.T_{alias}")
uses = EveryAlias("{alias}")
where = EveryAlias("{alias}.a = 1")
company = EveryAlias("{alias}.a = 1")
