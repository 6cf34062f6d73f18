"""The settings file and the Airflow Variable that overrides its schedules (A1, A2, A4)."""

import re
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings import SCHEDULES, Settings, in_force, read_settings, settings_path
from spectrum_etl.settings.infolink import SiteNames, table_name
from spectrum_etl.settings.schedules import overrides
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.staging.objects import OBJECTS

ROOT = Path(__file__).resolve().parents[2]
JOBS, VENDORS = OBJECTS["jobs"], OBJECTS["vendors"]
_COMPANY = {"code": "1", "name": "One", "phase_category": "STD"}


def _site(table: str, site: dict[str, Any], company: str = "1") -> dict[str, Any]:
    """Settings that name a table of a site otherwise (O1)."""
    return {"infolink": {"names": {company: {table: site}}}}


def _load(tmp_path: Path, **values: Any) -> Settings:
    path = tmp_path / "settings.yaml"
    path.write_text(yaml.safe_dump({"companies": [_COMPANY], **values}), encoding="utf-8")
    return load_settings(path)


def test_the_shipped_file_is_valid_and_leaves_the_schedules_to_the_specs() -> None:
    settings = load_settings(settings_path())
    assert settings.schedules == {}, "what differs from the specs alone is told"
    for obj in OBJECTS.values():
        assert settings.schedule(obj) is obj.schedule


def test_o1_a_sites_names_are_found_without_regard_to_case(tmp_path: Path) -> None:
    site = {"table": "reporting.JOBS", "columns": {"Job_number": "No"}}
    settings = _load(tmp_path, **_site("jc_job_master_MC", site))
    found = settings.infolink.of(" 1 ")["JC_JOB_MASTER_MC"]
    assert (found.place, found.columns) == (("reporting", "JOBS"), {"JOB_NUMBER": "No"})
    assert settings.infolink.of("2") == {}


def test_invalid_schedule_names_the_allowed_values(tmp_path: Path) -> None:
    """A4."""
    with pytest.raises(FixConfiguration) as caught:
        _load(tmp_path, schedules={"jobs": "weekly"})
    message = str(caught.value)
    assert "schedules.jobs" in message
    assert "'weekly'" in message
    assert all(f"'{allowed}'" in message for allowed in SCHEDULES)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"scheduls": {}}, "scheduls"),
        ({"schedules": {"invoices": "daily"}}, "schedules.invoices: unknown name; allowed: standard_cost_codes, jobs"),
        ({"readers": {"jobs": "procore"}}, "readers.jobs"),
        ({"readers": {"job": "sdx"}}, "readers.job: unknown name; allowed: jobs, vendors, project_cost_codes"),
        ({"readers": {"budgets": "infolink"}}, "readers.budgets: unknown name"),
        (_site("JC_JOBS", {}), "infolink.names.1.JC_JOBS: no table of this name is read; allowed: CR_BID_ITEM_DES_MC"),
        (
            _site("JC_JOB_MASTER_MC", {"columns": {"Job_Nmber": "No"}}),
            "infolink.names.1.JC_JOB_MASTER_MC.columns.Job_Nmber: no column of this name is read; the closest are"
            " JOB_NUMBER",
        ),
        (_site("JC_JOB_MASTER_MC", {"colums": {}}), "infolink.names.1.JC_JOB_MASTER_MC.colums"),
        (_site("JC_JOB_MASTER_MC", {"table": "a.b.c"}), "'a.b.c' is not a table or view; write NAME, or SCHEMA.NAME"),
        (
            _site("JC_JOB_MASTER_MC", {"table": "a]b"}),
            "'a]b' is not a table or view; write NAME, or SCHEMA.NAME, and a",
        ),
        (_site("JC_JOB_MASTER_MC", {"table": "[a]b]"}), "'[a]b]' is not a table or view"),
        (_site("JC_JOB_MASTER_MC", {"table": "x" * 129}), "is not a table or view"),
        (_site("JC_JOB_MASTER_MC", {"columns": {"Job_Number": "N\no"}}), "infolink.names.1.JC_JOB_MASTER_MC.columns"),
        ({"companies": [{**_COMPANY, "code": "  "}]}, "companies.0.code: Value error, a code must not be blank"),
        ({"companies": [{**_COMPANY, "infolink_code": " "}]}, "infolink_code: Value error, a code must not be blank"),
        (
            _site("JC_JOB_MASTER_MC", {"columns": {"Job_Number": "No", "JOB_NUMBER": "Nr"}}),
            "columns.Job_Number: JOB_NUMBER is the same name",
        ),
        (
            {"infolink": {"names": {"1": {"JC_JOB_MASTER_MC": {}, "jc_job_master_mc": {"table": "x"}}}}},
            "infolink.names.1.JC_JOB_MASTER_MC: jc_job_master_mc is the same name",
        ),
        (
            _site("JC_JOB_MASTER_MC", {"columns": {"Job_Number": False}}),
            "Job_Number: a text is expected, and YAML takes",
        ),
        (
            {"companies": [{**_COMPANY, "code": 1}]},
            "companies.0.code: a text is expected, and YAML takes this for 1; write it in quotes",
        ),
        (_site("JC_JOB_MASTER_MC", {"columns": {"Job_Number": None}}), "columns.Job_Number: nothing stands behind it"),
        (
            _site("JC_JOB_MASTER_MC", {"Job_Number": "No"}),
            "Job_Number: unknown name; allowed: table, one_company, columns",
        ),
        ({"infolink": {"nams": {}}}, "infolink.nams: unknown name; allowed: queries_at_a_time, piece_seconds, names"),
        ({"infolink": None}, "infolink: nothing stands behind it"),
        (
            {"infolink": {"names": {1: {}}}},
            "infolink.names.1: a text is expected, and YAML takes this for 1; write it in quotes",
        ),
        (_site("JC_JOB_MASTER_MC", "JOBS"), "JC_JOB_MASTER_MC: names with values are expected below it"),
        (_site("JC_JOB_MASTER_MC", {"table": "other.dbo.JOBS"}), "one of another database needs a view in this one"),
        (_site("JC_JOB_MASTER_MC", {}, "7"), "infolink.names: unknown companies ['7']; configured: ['1']"),
        ({"infolink": {"queries_at_a_time": 0}}, "infolink.queries_at_a_time"),
        ({"infolink": {"piece_seconds": 0}}, "infolink.piece_seconds"),
        ({"companies": [{**_COMPANY, "colour": "red"}]}, "companies.0.colour"),
        ({"companies": [{**_COMPANY, "code": "1234"}]}, "companies.0.code"),
        ({"companies": [{"code": "1", "name": "One"}]}, "companies.0.phase_category"),
        ({"companies": []}, "companies"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"max_deleted_share": 0}, "max_deleted_share"),
        ({"max_deleted_share": 20}, "max_deleted_share"),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, values: dict[str, Any], named: str) -> None:
    with pytest.raises(FixConfiguration, match=r"settings\.yaml") as caught:
        _load(tmp_path, **values)
    assert named in str(caught.value)


def test_every_wrong_value_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(FixConfiguration, match=r"daily_at.*retries|retries.*daily_at"):
        _load(tmp_path, daily_at="25:00", retries=-1)


def test_d22_also_what_does_not_agree_is_named_at_once(tmp_path: Path) -> None:
    """Wrong values, double companies, unknown ones, double approvers and a missing address: in one message."""
    exporting = {**_COMPANY, "procore_company_id": 4001}
    with pytest.raises(FixConfiguration) as caught:
        _load(
            tmp_path,
            companies=[exporting, {**exporting, "colour": "red"}],
            retries=-1,
            exports={
                "approvers": [{"id": "a", "name": "A"}] * 2,
                "server_time_limit": -1,
                "template_job": {"9": "T"},
                "template_taxable": {"8": "N"},
                "subcontract_gl_account": {"7": "5"},
            },
            notifications={"channels": ["email"], "late_after_minutes": 0},
        )
    message = str(caught.value)
    for named in (
        "companies: a company code is listed twice in ['1', '1']",
        "companies.1.colour",
        "retries",
        "exports.approvers: Value error, a user id is listed twice",
        "exports.server_time_limit",
        "exports.template_job: unknown companies ['9']; configured: ['1', '1']",
        "exports.template_taxable: unknown companies ['8']",
        "exports.subcontract_gl_account: unknown companies ['7']",
        "notifications.email_to: Value error, the channel email needs",
        "notifications.late_after_minutes",
    ):
        assert named in message, message


def test_d22_who_never_exports_edits_no_setting_of_the_exports(tmp_path: Path) -> None:
    """The shipped file, with the companies of somebody else: everything else stays as it is."""
    values = yaml.safe_load(settings_path().read_text(encoding="utf-8"))
    values["companies"] = [{**_COMPANY, "code": "01"}, {**_COMPANY, "code": "02"}]
    settings = _load(tmp_path, **values)
    assert [company.procore_company_id for company in settings.companies] == [None, None]
    values["companies"][1]["procore_company_id"] = 4002
    with pytest.raises(FixConfiguration, match=r"exports\.template_job.*exports\.subcontract_gl_account"):
        _load(tmp_path, **values)


_WEBHOOK = "https://hooks.slack.com/services/T0/B0/SECRET"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"notifications": {"slack_webhook_url": _WEBHOOK}}, "notifications.slack_webhook_url"),
        ({"notifications": {"password": "SECRET"}}, "notifications.password"),
        ({"notifications": {"channels": [_WEBHOOK]}}, "notifications.channels.0"),
        ({"notifications": {"channels": {"slack": _WEBHOOK}}}, "notifications.channels"),
        ({"notifications": {"channels": ["email"], "slack_conn_id": "SECRET"}}, "notifications.email_to: "),
        ({"companies": [{"code": "1", "name": "One", "password": "SECRET"}]}, "companies.0.phase_category"),
        ({"companies": [_COMPANY, {**_COMPANY, "name": "SECRET"}]}, "listed twice"),
        ({"timezone": _WEBHOOK}, "timezone"),
        ({"schedules": {"webhook": "SECRET"}}, "schedules.webhook"),
        ({"readers": {"webhook": "SECRET"}}, "readers.webhook"),
        ({_WEBHOOK: "slack"}, "settings.yaml"),
    ],
)
def test_a_secret_that_does_not_belong_there_is_not_repeated(
    tmp_path: Path, values: dict[str, Any], named: str
) -> None:
    """A3: the message becomes Airflow's import error, which everybody reads."""
    with pytest.raises(FixConfiguration) as caught:
        _load(tmp_path, **values)
    assert named in str(caught.value)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "line", [f"slack: [{_WEBHOOK}", "password: 'SECRET", "password: *SECRET", "password: !SECRET x"]
)
def test_a_secret_in_a_broken_file_is_not_repeated(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(f"retries: 1\n{line}\n", encoding="utf-8")
    with pytest.raises(FixConfiguration, match=r"settings\.yaml is not YAML: .*line [23]") as caught:
        load_settings(path)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("second", ["1", " 1", "1 "])
def test_a_company_listed_twice_is_refused(tmp_path: Path, second: str) -> None:
    """A1: company code is part of every key."""
    with pytest.raises(FixConfiguration, match="listed twice"):
        _load(tmp_path, companies=[_COMPANY, {**_COMPANY, "code": second}])


def test_o1_two_companies_never_read_the_same_rows(tmp_path: Path) -> None:
    """`01` that Info-Link writes `1`, beside another `1`: each row would be staged twice."""
    companies = [{**_COMPANY, "code": "1"}, {**_COMPANY, "code": "01", "infolink_code": " 1 "}]
    with pytest.raises(FixConfiguration, match="another company reads the rows of '1' from the same Info-Link"):
        _load(tmp_path, companies=companies)
    companies[1]["infolink_conn_id"] = "infolink_2"
    assert [company.written for company in _load(tmp_path, companies=companies).companies] == ["1", "1"]


def test_an_unknown_company_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    settings = _load(tmp_path, companies=[_COMPANY, {**_COMPANY, "code": "22"}])
    assert settings.company(" 22 ").code == "22"
    with pytest.raises(FixConfiguration, match="configured: 1, 22"):
        settings.company("3")


def test_missing_and_broken_files(tmp_path: Path) -> None:
    with pytest.raises(FixConfiguration, match="there is no settings file"):
        load_settings(tmp_path / "none.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("companies: [", encoding="utf-8")
    with pytest.raises(FixConfiguration, match=r"broken\.yaml is not YAML"):
        load_settings(broken)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    import os

    assert _load(tmp_path, retries=1).retries == 1
    path = tmp_path / "settings.yaml"
    path.write_text(yaml.safe_dump({"companies": [_COMPANY], "retries": 4}), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert load_settings(path).retries == 4


@pytest.mark.parametrize(
    ("name", "cron", "interval", "words"),
    [
        ("never", None, None, "on demand"),
        ("daily", "30 5 * * *", 24, "daily"),
        ("4h", "0 */4 * * *", 4, "every 4 hours"),
        ("2h", "0 */2 * * *", 2, "every 2 hours"),
        ("hourly", "0 * * * *", 1, "hourly"),
    ],
)
def test_a_schedule_is_cron_interval_and_words(
    tmp_path: Path, name: str, cron: str | None, interval: int | None, words: str
) -> None:
    settings = _load(tmp_path, daily_at="05:30", schedules={"jobs": name})
    schedule = settings.schedule(JOBS)
    assert (settings.cron(JOBS), schedule.words) == (cron, words)
    assert schedule.interval == (interval and timedelta(hours=interval))
    assert settings.stale_after(JOBS) == (interval and timedelta(hours=2 * interval))


def test_every_schedule_has_a_case_above_and_is_named_where_people_set_one() -> None:
    assert SCHEDULES == ("never", "daily", "4h", "2h", "hourly")
    named = f"{', '.join(SCHEDULES[:-1])} or {SCHEDULES[-1]}"
    for page in ("include/settings.yaml", "airflow_settings.yaml", "docs/errors.md", "docs/running.md"):
        text = re.sub(r"[\s#]+", " ", (ROOT / page).read_text(encoding="utf-8").replace("`", ""))
        assert named in text, f"{page} does not name {named}"


def test_what_the_file_leaves_out_is_as_the_spec_says(tmp_path: Path) -> None:
    settings = _load(tmp_path)
    for obj in OBJECTS.values():
        assert settings.schedule(obj) is obj.schedule
        for table in obj.tables:
            assert settings.reader(table) == table.readers[0]


def test_a_reader_that_is_chosen_counts(tmp_path: Path) -> None:
    settings = _load(tmp_path, readers={"jobs": "sdx"})
    assert (settings.reader(JOBS.table("jobs")), settings.reader(VENDORS.table("vendors"))) == ("sdx", "infolink")


def _now(settings: Settings, variable: Any) -> tuple[str | None, str | None]:
    """The cron expressions of jobs and vendors that are in force."""
    now = in_force(settings, variable, OBJECTS.values())
    return now.cron(JOBS), now.cron(VENDORS)


@pytest.mark.parametrize("override", ['{"jobs": "never"}', {"jobs": "never"}])
def test_the_variable_overrides_one_schedule(tmp_path: Path, override: Any) -> None:
    """A4: the Airflow UI is enough."""
    settings = _load(tmp_path, schedules={"jobs": "hourly", "vendors": "2h"})
    assert _now(settings, override) == (None, "0 */2 * * *")


@pytest.mark.parametrize("empty", [None, "", {}])
def test_an_empty_variable_overrides_nothing(tmp_path: Path, empty: Any) -> None:
    assert _now(_load(tmp_path), empty) == ("0 * * * *", "0 * * * *")


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ('{"jobs": "weekly"}', r"schedules jobs as 'weekly'.*never, daily, 4h, 2h, hourly"),
        ('{"jobs": ["daily"]}', r"schedules jobs as.*never, daily, 4h, 2h, hourly"),
        ('{"job": "daily"}', r"names an object 'job' that does not exist.*standard_cost_codes"),
        ("daily", "is not JSON"),
        ('["daily"]', "is not a JSON object"),
        ("[" * 200_000, "is not JSON"),
    ],
)
def test_a4_a_wrong_entry_of_the_variable_is_told_and_takes_nothing_away(
    tmp_path: Path, override: str, says: str
) -> None:
    """The message names the allowed values; the file's schedules hold, for the object that is meant and all others."""
    settings = _load(tmp_path, schedules={"jobs": "2h"})
    [error] = overrides(override, OBJECTS)[1]
    assert re.search(says, str(error))
    assert _now(settings, override) == ("0 */2 * * *", "0 * * * *")
    assert in_force(settings, override, OBJECTS.values()) == settings


def test_a4_the_good_entries_of_a_variable_with_a_wrong_one_hold(tmp_path: Path) -> None:
    override = '{"jobs": "weekly", "vendors": "2h", "nonsense": 7}'
    assert len(overrides(override, OBJECTS)[1]) == 2
    assert _now(_load(tmp_path), override) == ("0 * * * *", "0 */2 * * *")
    assert all(overrides(good, OBJECTS)[1] == [] for good in ('{"vendors": "2h"}', "", None))


@pytest.mark.parametrize("table", ["JOBS", "reporting.JOBS", "[a.b].[c]]d]", "reporting.[a.b]", "[JOBS]"])
def test_o1_a_table_is_named_with_or_without_schema_and_brackets(table: str) -> None:
    place = SiteNames(table=table).place
    assert place is not None
    assert SiteNames(table=table_name(*place)).place == place
    assert (
        place
        == {
            "JOBS": ("dbo", "JOBS"),
            "reporting.JOBS": ("reporting", "JOBS"),
            "[a.b].[c]]d]": ("a.b", "c]d"),
            "reporting.[a.b]": ("reporting", "a.b"),
            "[JOBS]": ("dbo", "JOBS"),
        }[table]
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("infolink:\n  names: {}\ninfolink:\n  piece_seconds: 3\n", 3),
        ("infolink: {names: {'1': {}, '1': {}}}\n", 1),
        ("companies: []\ncompanies: []\n", 2),
    ],
)
def test_lines_pasted_below_others_put_none_out_of_force_unseen(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    with pytest.raises(FixConfiguration, match=rf"a name is given twice in one section, line {line}"):
        read_settings(file, ())
