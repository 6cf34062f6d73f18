"""Tells OpenLineage what a publish read and wrote, where Airflow's OpenLineage provider is installed and switched on.

Names of datasets follow https://openlineage.io/docs/spec/naming; a web service, for which that page has no form, is
named by its address.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from psycopg.conninfo import conninfo_to_dict

from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.settings import Company, Settings
from spectrum_etl.settings.infolink import SiteNames
from spectrum_etl.sources.sdx.published import READS

if TYPE_CHECKING:
    from spectrum_etl.model.counts import Counts

log = logging.getLogger(__name__)

#: Namespace and name of a dataset.
Name = tuple[str, str]


def emit_lineage(
    obj: StagedObject, company_code: str, url: str, settings: Settings, counts: Mapping[str, Counts]
) -> bool:
    """Emit the inputs and outputs of one company's publish, as a running event of the current task.

    Args:
        obj: what was published.
        company_code: of which company.
        url: the warehouse.
        settings: connections and readers.
        counts: by table, what was written.

    Returns:
        Whether it was reported to OpenLineage.
    """
    try:
        from airflow.providers.openlineage.api import emit_dataset_lineage, is_openlineage_active  # type: ignore[import-not-found]
        from openlineage.client.event_v2 import Dataset, OutputDataset  # type: ignore[import-not-found]
        from openlineage.client.facet_v2 import (  # type: ignore[import-not-found]
            output_statistics_output_dataset,
            schema_dataset,
        )
    except ImportError:
        return False
    if not is_openlineage_active():
        return False
    try:
        inputs = [Dataset(namespace=n, name=t) for n, t in inputs_of(obj, settings.company(company_code), settings)]
    except Exception as error:  # noqa: BLE001  what was published is not in doubt because its source cannot be named
        log.warning("where %s was read from is not reported to OpenLineage: %s", obj.name, error)
        inputs = []
    fields = schema_dataset.SchemaDatasetFacetFields
    outputs = [
        OutputDataset(
            namespace=namespace,
            name=name,
            facets={
                "schema": schema_dataset.SchemaDatasetFacet(
                    fields=[fields(name=c.name, type=c.type, description=c.comment) for c in obj.table(table).columns]
                )
            },
            outputFacets={
                "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                    rowCount=count.new + count.changed
                )
            },
        )
        for table, count in counts.items()
        for namespace, name in [warehouse_name(url, f"spectrum.{table}")]
    ]
    # The provider logs what goes wrong while it emits, and raises nothing.
    emit_dataset_lineage(inputs=inputs, outputs=outputs)
    return True


def inputs_of(obj: StagedObject, company: Company, settings: Settings) -> list[Name]:
    """What an object of a company is read from with the settings as they are.

    Raises:
        SpectrumEtlError: an Airflow connection is missing or wrong.
    """
    return list(dict.fromkeys(name for table in obj.tables for name in _of_table(table, company, settings)))


def _of_table(table: Table, company: Company, settings: Settings) -> Iterator[Name]:
    from spectrum_etl.credentials import airflow_connection

    reader, names = settings.reader(table), settings.infolink.of(company.code)
    read = READS[table.sdx] if reader == "sdx" and table.sdx else None
    if read and read.infolink and company.infolink_conn_id:
        yield _infolink_name(airflow_connection(company.infolink_conn_id), read.infolink, names)
    if reader == "infolink" and table.infolink and company.infolink_conn_id:
        connection = airflow_connection(company.infolink_conn_id)
        for source in table.infolink.tables.values():
            yield _infolink_name(connection, source, names)
    elif read and company.sdx_conn_id:
        from spectrum_etl.sources.sdx.connection import SdxConnection

        address = SdxConnection.from_airflow(airflow_connection(company.sdx_conn_id)).base_url
        for service in read.services:
            yield address, service


def _infolink_name(connection: Any, table: str, names: Mapping[str, SiteNames]) -> Name:
    named = names.get(table.upper())
    schema, name = (named and named.place) or ("dbo", table)
    return f"mssql://{connection.host}:{connection.port or 1433}", f"{connection.schema}.{schema}.{name}"


def warehouse_name(url: str, relation: str) -> Name:
    """The dataset of a relation of the warehouse.

    Args:
        url: the warehouse; of it only host, port and database are reported.
        relation: schema and name, with a dot between them.
    """
    parts = conninfo_to_dict(url)
    namespace = f"postgres://{parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"
    return namespace, f"{parts.get('dbname', '')}.{relation}"
