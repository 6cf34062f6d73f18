"""Keeps what probes found out in `sync.procore_probes`; plans read it by the function `sync.procore_knows`."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from spectrum_etl.connections.probes import Found


def answers(connection: psycopg.Connection, company: str, procore: int) -> dict[str, Found]:
    """What is known of a Procore company.

    Args:
        company: Spectrum company.
        procore: Procore company; what was found out about another one does not count.
    """
    found = connection.execute(
        "select probe, answer, said, tried_at from sync.procore_probes where company_code = %s"
        " and procore_company_id = %s and answer <> 'not known'",
        [company, procore],
    )
    return {name: Found(answer, said, tried_at) for name, answer, said, tried_at in found}


def keep(connection: psycopg.Connection, company: str, procore: int, found: Mapping[str, Found], run_id: str) -> None:
    """Keep new answers, in the caller's transaction. One that could not be found out takes back none that was."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into sync.procore_probes as p (company_code, procore_company_id, probe, answer, said, tried_at,"
            " run_id) values (%(company)s, %(procore)s, %(name)s, %(answer)s, %(said)s, transaction_timestamp(),"
            " %(run)s) on conflict (company_code, probe) do update set procore_company_id ="
            " excluded.procore_company_id, answer = excluded.answer, said = excluded.said, tried_at ="
            " excluded.tried_at, run_id = excluded.run_id where excluded.answer <> 'not known'"
            " or p.answer = 'not known' or p.procore_company_id <> excluded.procore_company_id",
            [
                {
                    "company": company, "procore": procore, "name": name, "answer": each.verdict, "said": each.said,
                    "run": run_id,
                }
                for name, each in found.items()
            ],
        )  # fmt: skip
