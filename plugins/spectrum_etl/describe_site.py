"""`python -m spectrum_etl.describe_site`: what a site's Info-Link has of every table and column that is read (O1).

Writes one file without data in it, for somebody who helps. Runs where Airflow's components run, with the settings and
the connections that its tasks use; reads the catalog and at most one row of each table, and changes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from spectrum_etl.connections.describe import listed, site_description
from spectrum_etl.connections.run import infolink
from spectrum_etl.credentials import outside_of_tasks
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.staging.configured import load_settings

_ABOUT = """Compare every table and column that is read with what Info-Link has, and write the result as one file. It
holds names, types and counts of columns: no data, no host, no login, no password.

Connections are Airflow's: of its database, of a secrets backend, or of an environment variable such as
AIRFLOW_CONN_SPECTRUM_INFOLINK."""


def main(arguments: Sequence[str]) -> int:
    """Describe the site.

    Args:
        arguments: the words after `python -m spectrum_etl.describe_site`.

    Returns:
        0, or 1 where some Info-Link could not be asked: the file says which.

    Raises:
        SystemExit: wrong usage, or settings that are wrong; the message says what to do.
    """
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings(options.settings)
        companies = [settings.company(code) for code in options.companies or [c.code for c in settings.companies]]
        outside_of_tasks()
        checked = [found for company in companies if (found := infolink(company, settings))]
    except SpectrumEtlError as error:
        raise SystemExit(str(error)) from None
    if not checked:
        raise SystemExit("no company has an Info-Link: infolink_conn_id in include/settings.yaml names its connection")
    options.output.write_text(site_description(settings, checked), encoding="utf-8")
    for one in checked:
        said = listed(one.tables) if one.tables is not None else f"{one.cause}: {one.reason}. What to do: {one.remedy}"
        print(f"company {one.company}: {said}")
    print(f"written to {options.output}")
    return int(any(one.tables is None for one in checked))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spectrum_etl.describe_site",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output", type=Path, default=Path("site.md"), help="the file (default: %(default)s)")
    parser.add_argument("--settings", type=Path, help="the settings (default: those that the tasks use)")
    parser.add_argument("companies", nargs="*", metavar="COMPANY", help="company codes (default: all)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
