"""SQL over a row `x` of the stand-in Spectrum's tables, by which the oracle says what must be staged of it."""


def text(column: str) -> str:
    return f"nullif(btrim(x.\"{column}\"::text), '')"


def number(column: str) -> str:
    return f'case when pg_input_is_valid(x."{column}"::text, \'numeric\') then x."{column}"::text::numeric end'


def quantity(column: str, decimals: int = 4) -> str:
    """A quantity: more decimals than the staged column holds are rounded."""
    return f"round({number(column)}, {decimals})"


def money(column: str) -> str:
    """An amount that figures add up: 0 where nobody entered one."""
    return f"case when {text(column)} is null then 0 else {number(column)} end"


def day(column: str) -> str:
    return f'case when pg_input_is_valid(x."{column}"::text, \'date\') then (x."{column}"::text)::date end'


def texts(*columns: str) -> dict[str, str]:
    return {column.lower(): text(column) for column in columns}


def joined(source: str, column: str, more: str = "true") -> str:
    """The sum of a column over the rows of another table that belong to a phase and cost type; null without any."""
    keys = ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type")
    same = " and ".join(f'btrim(o."{key}") = btrim(x."{key}")' for key in keys)
    return f'(select sum(o."{column}") from dbo."{source}" as o where {same} and {more})'  # noqa: S608  of this file's own names


APPROVED = """exists (
    select from dbo."CR_CHNG_REQ_HDR_MC" as h
    where btrim(h."Company_Code") = btrim(o."Company_Code") and btrim(h."Job_Number") = btrim(o."Job_Number")
        and btrim(h."Customer_Code") = btrim(o."Customer_Code")
        and btrim(h."Change_Request_Number") = btrim(o."Change_Request_Number")
        and (btrim(coalesce(h."Change_Order_Number", '')) <> '' or exists (
            select from dbo."CR_CHNG_REQ_STATUS_MC" as s
            where btrim(s."Company_Code") = btrim(h."Company_Code") and btrim(s."Status_Code") = btrim(h."Status")
                and s."CR_Type" in ('1', '2', '5'))))"""


def increments(column: str) -> str:
    """The sum of a column over all projections of the row's phase and cost type."""
    same = " and ".join(f'btrim(o."{key}") = btrim(x."{key}")' for key in ("Company_Code", "Job", "Phase", "Cost_Type"))
    return f'(select sum(o."{column}") from dbo."JC_PROJ_COST_HISTORY_MC" as o where {same})'  # noqa: S608


def added_up(source: str, column: str, *keys: str) -> str:
    """The sum of a column over all rows of the row's own table with the same keys, NULL and blank alike."""
    same = " and ".join(f"btrim(coalesce(o.\"{key}\", '')) = btrim(coalesce(x.\"{key}\", ''))" for key in keys)
    return f'(select sum(o."{column}") from dbo."{source}" as o where {same})'  # noqa: S608


ADJUSTMENTS, CHANGES = "JC_PHASE_ESTIMATES_MC", "CR_CHNG_REQ_CON_DET_MC"


def budget(original: str, adjustment: str, change: str) -> str:
    adjusted = joined(ADJUSTMENTS, adjustment)
    changed = joined(CHANGES, change, APPROVED)
    return f"coalesce({number(original)}, 0) + coalesce({adjusted}, 0) + coalesce({changed}, 0)"


def rounded(expression: str) -> str:
    return f"round({expression}, 4)"


CONTRACTS = (
    '(select count(distinct btrim(o."Customer_Code")) from dbo."CR_CONTRACT_MASTER_MC" as o'
    ' where btrim(o."Company_Code") = btrim(x."Company_Code") and btrim(o."Job_Number") = btrim(x."Job_Number"))'
)


def agreed(column: str, source: str, keys: tuple[str, ...]) -> str:
    """What the rows of another table with the same keys hold, if they all hold the same."""
    same = " and ".join(f"btrim(coalesce(o.\"{key}\", '')) = btrim(coalesce(x.\"{key}\", ''))" for key in keys)
    held = f'select distinct btrim(o."{column}") as v from dbo."{source}" as o where {same}'  # noqa: S608
    return f"(select nullif(min(v), '') from ({held} and o.\"{column}\" is not null) as t having count(*) = 1)"  # noqa: S608


def credit_is_less(amount: str) -> str:
    """An amount as it adds up: the stored one, from which a credit's is taken away."""
    return f"case when btrim(x.\"Invoice_Type_Code\") = 'C' then 0 - {amount} else {amount} end"
