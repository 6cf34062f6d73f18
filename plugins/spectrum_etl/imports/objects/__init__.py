"""The objects that are imported into Procore, a module each; `IMPORTS` lists them."""

from __future__ import annotations

from collections.abc import Mapping

from spectrum_etl.imports.objects import contract_links, jobs, vendors
from spectrum_etl.imports.spec import ImportObject

#: By name.
IMPORTS: Mapping[str, ImportObject] = {
    vendors.OBJECT.name: vendors.OBJECT,
    jobs.OBJECT.name: jobs.OBJECT,
    contract_links.OBJECT.name: contract_links.OBJECT,
}
