"""Addresses of the page's places: they lead through Airflow's own UI, and every name survives them."""

from __future__ import annotations

import spectrum_etl_plugin
from spectrum_etl.model import places
from spectrum_etl.model.record import RecordId


def test_a_record_has_one_address_whatever_its_names_hold() -> None:
    assert places.record_place("vendors", RecordId("1", "", "7/8 é")) == "export/record/vendors/1/-/7%2F8%20%C3%A9"
    assert places.record_place("jobs", RecordId("1", "501", "501")) == "export/record/jobs/1/501/501"


def test_an_address_opens_airflow_with_the_page_in_its_frame() -> None:
    place = places.list_place("failed", "commitments")
    assert places.page_address("https://airflow.example.com", place) == (
        "https://airflow.example.com/plugin/erp-integrations/erp-integrations/#/export/failed?object=commitments"
    )


def test_airflow_below_a_path_keeps_it_in_front_of_both() -> None:
    assert places.page_address("https://example.com/airflow", "overview") == (
        "https://example.com/airflow/plugin/erp-integrations/airflow/erp-integrations/#/overview"
    )


def test_where_airflow_does_not_know_its_address_there_is_no_link() -> None:
    assert places.page_address("", "overview") == ""


def test_the_plugin_is_mounted_where_the_addresses_lead() -> None:
    """The plugin's file imports nothing, so it cannot share the names."""
    (view,) = spectrum_etl_plugin.SpectrumEtlPlugin.external_views
    assert f"/{places.MOUNT}" == spectrum_etl_plugin.PREFIX
    assert view["url_route"] == places.ROUTE
