"""Adds companies to the stand-in Procore's directory for load tests: many ready, or many that are not."""

from psycopg import Connection

from sandbox.data.schema import connect
from sandbox.procore.seed import COMPANIES
from sandbox.procore.seed_company import new_vendor
from sandbox.procore.seed_connector import CONNECTED_TO
from sandbox.procore.seed_records import Records
from sandbox.procore.seed_similar import similar
from sandbox.procore.seed_spectrum import read_rows

# A link to an existing vendor, instead of an export, is what such a company needs (C5); its zip code is too long too.
_LONG_ZIP = "45402-1234-99"


def seed_vendors(database_url: str, count: int, ready: bool, company_id: int) -> int:
    """Let there be so many companies of a load test; those that are there already count.

    Args:
        database_url: the sandbox's PostgreSQL with a seeded schema `procore`.
        count: how many there shall be.
        ready: whether nothing keeps them from being exported; otherwise each has the name of a Spectrum vendor.
        company_id: of Procore.

    Returns:
        How many were added.

    Raises:
        ValueError: there is no vendor in Spectrum whose name could be taken.
    """
    tag = f"load {'ready' if ready else 'not ready'} {company_id}"
    with connect(database_url) as connection:
        there = int(_one(connection, "SELECT count(*) FROM procore.records WHERE tag = %s", tag))
        first = int(_one(connection, "SELECT nextval('procore.ids') FROM (VALUES (%s)) AS t", tag))
        records = Records(first, tag)
        names = [] if ready else _spectrum_names(connection)
        if not ready and not names:
            raise ValueError("Spectrum has no vendors: load the sandbox first")
        for number in range(there, count):
            fields = new_vendor(f"Load Test Company {number + 1:05d}", number + 20)
            if not ready:
                fields |= {"name": names[number % len(names)], "zip": _LONG_ZIP}
            records.add("vendor", company_id, fields)
        records.write(connection)
        return len(records)


def seed_like_vendors(database_url: str, count: int, company_id: int) -> int:
    """Let there be so many companies of a load test that are almost a vendor of Spectrum's, each in another way.

    Args:
        database_url: the sandbox's PostgreSQL with a seeded schema `procore`.
        count: how many there shall be, those that are there already included.
        company_id: of Procore; its Spectrum company is the one that the seed connected it to.

    Returns:
        How many were added.

    Raises:
        ValueError: Spectrum has too few vendors for so many.
    """
    tag = f"load like vendors {company_id}"
    code = next((code for code, number in COMPANIES.items() if number == company_id), CONNECTED_TO)
    with connect(database_url) as connection:
        there = int(_one(connection, "SELECT count(*) FROM procore.records WHERE tag = %s", tag))
        first = int(_one(connection, "SELECT nextval('procore.ids') FROM (VALUES (%s)) AS t", tag))
        rows = read_rows(
            connection,
            """
            SELECT * FROM dbo."VN_VENDOR_MASTER_MC" AS vendor
            WHERE trim("Company_Code") = %s AND trim("Vendor_Code") <> '' AND length(trim("Vendor_Name")) > 3
                AND NOT EXISTS (
                    SELECT FROM procore.records AS record
                    WHERE record.kind = 'vendor' AND record.company_id = %s
                        AND upper(trim(record.origin_code)) = upper(trim(vendor."Vendor_Code"))
                )
            ORDER BY trim("Vendor_Code")
            """,
            code,
            company_id,
        )
        made = list(similar(rows, count))
        if len(made) < count:
            raise ValueError(
                f"Spectrum has {len(rows):,} vendors without a company, which makes {len(made):,}: load more"
            )
        records = Records(first, tag)
        for fields in made[there:]:
            records.add("vendor", company_id, fields)
        records.write(connection)
        return len(records)


def _spectrum_names(connection: Connection[tuple[object, ...]]) -> list[str]:
    query = """SELECT DISTINCT trim("Vendor_Name") FROM dbo."VN_VENDOR_MASTER_MC"
        WHERE trim("Vendor_Name") <> '' ORDER BY 1"""
    return [str(row[0]) for row in connection.execute(query).fetchall()]


def _one(connection: Connection[tuple[object, ...]], query: str, value: str) -> str:
    row = connection.execute(query.encode(), [value]).fetchone()
    if row is None:
        raise ValueError(f"no answer to {query}")
    return str(row[0])
