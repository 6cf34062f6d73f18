"""A small client of Airflow's REST API."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from stack.errors import StackError

#: Seconds to connect and to wait for an answer: on a busy machine the first one of each API takes its time.
_TIMEOUT = (5, 300)
_HEALTH_TIMEOUT = (5, 30)
JsonObject = dict[str, Any]


class AirflowApi:
    """One user's view of one Airflow.

    Args:
        url: address without a path, for example `http://127.0.0.1:8080`.
        user: a name known to Airflow's auth manager.
        password: its password.
        prove: called before each login and before connections are sent; raises where the server at the URL may have
            no password.
    """

    def __init__(self, url: str, user: str, password: str, prove: Callable[[], None] = lambda: None) -> None:
        self.url = url.rstrip("/")
        self._user = user
        self._password = password
        self._prove = prove
        self._session = requests.Session()
        self._session.trust_env = False  # neither proxies nor .netrc have a say on loopback

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call the API, fetching a token first when there is none or it has run out.

        Args:
            method: HTTP method.
            path: what follows `/api/v2/`.
            body: becomes JSON.
            query: query parameters.

        Returns:
            The decoded answer, or None when it is empty.

        Raises:
            StackError: Airflow refuses, with its answer, or cannot be reached.
        """
        if "Authorization" not in self._session.headers:
            self._log_in()
        answer = self._send(method, f"{self.url}/api/v2/{path}", body, query)
        if answer.status_code == requests.codes.unauthorized:
            self._log_in()
            answer = self._send(method, f"{self.url}/api/v2/{path}", body, query)
        if not answer.ok:
            raise StackError(f"Airflow answers {answer.status_code} to {method} {path}: {answer.text[:2000]}")
        return answer.json() if answer.content else None

    def health(self) -> JsonObject:
        """Return the state of every component; needs no user."""
        answer: JsonObject = self._send("GET", f"{self.url}/api/v2/monitor/health", None, {}, _HEALTH_TIMEOUT).json()
        return answer

    def wait_for_tasks_api(self) -> None:
        """Wait until tasks can be served: the first call of that API makes all its versions, which takes seconds.

        Raises:
            StackError: nobody answers.
        """
        self._send("GET", f"{self.url}/execution/health", None, {})

    def put(self, kind: str, entities: Sequence[Mapping[str, Any]], *, keep_existing: bool = False) -> None:
        """Create connections, pools or variables in one call, replacing those that are there.

        Args:
            kind: `connections`, `pools` or `variables`.
            entities: their fields, as the API names them.
            keep_existing: leave those that are there alone instead.

        Raises:
            StackError: Airflow refuses one of them, or the server at the URL may not have their passwords.
        """
        self._prove()
        existing = "skip" if keep_existing else "overwrite"
        action = {"action": "create", "action_on_existence": existing, "entities": list(entities)}
        refused = self.call("PATCH", kind, {"actions": [action]})["create"]["errors"]
        if refused:
            raise StackError(f"Airflow refuses {kind}: {refused}")

    def dags(self) -> dict[str, JsonObject]:
        """Return all DAGs by id."""
        return {dag["dag_id"]: dag for dag in self.call("GET", "dags", limit=500)["dags"]}

    def import_errors(self) -> list[JsonObject]:
        """Return the files that Airflow could not import, each with `filename` and `stack_trace`."""
        errors: list[JsonObject] = self.call("GET", "importErrors", limit=100)["import_errors"]
        return errors

    def set_paused(self, dag_id: str, paused: bool) -> None:
        """Pause or unpause a DAG."""
        self.call("PATCH", f"dags/{quote(dag_id)}", {"is_paused": paused}, update_mask="is_paused")

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run on demand and return its id.

        Args:
            dag_id: the DAG.
            conf: values of its trigger form that differ from the defaults.
        """
        body = {"logical_date": None, "conf": dict(conf or {})}
        return str(self.call("POST", f"dags/{quote(dag_id)}/dagRuns", body)["dag_run_id"])

    def fail_run(self, dag_id: str, run_id: str) -> None:
        """Set a run and its unfinished tasks to failed; its teardowns still run."""
        self.call("PATCH", _run_path(dag_id, run_id), {"state": "failed"}, update_mask="state")

    def runs(self, dag_id: str, **query: Any) -> list[JsonObject]:
        """Return a DAG's runs, newest first; `query` may narrow them, for example `state="running"`."""
        path = f"dags/{quote(dag_id)}/dagRuns"
        found: list[JsonObject] = self.call("GET", path, **{"order_by": "-id", "limit": 100, **query})["dag_runs"]
        return found

    def run_states(self, runs: Mapping[str, str]) -> dict[str, JsonObject]:
        """Return several runs, each with its `state`, `start_date` and `end_date`, in one call.

        Args:
            runs: run id by DAG id.
        """
        body = {"dag_ids": list(runs), "order_by": "-id", "page_limit": 100}  # theirs are among the newest
        found = self.call("POST", "dags/~/dagRuns/list", body)["dag_runs"]
        return {run["dag_id"]: run for run in found if runs.get(run["dag_id"]) == run["dag_run_id"]}

    def tasks_of(self, runs: Mapping[str, str]) -> list[JsonObject]:
        """Return the task instances of several runs in one call.

        Args:
            runs: run id by DAG id.
        """
        body = {"dag_ids": list(runs), "dag_run_ids": list(set(runs.values())), "page_limit": 1000}
        found = self.call("POST", "dags/~/dagRuns/~/taskInstances/list", body)["task_instances"]
        return [task for task in found if runs.get(task["dag_id"]) == task["dag_run_id"]]

    def run(self, dag_id: str, run_id: str) -> JsonObject:
        """Return one run with its `state`, `start_date` and `end_date`."""
        found: JsonObject = self.call("GET", _run_path(dag_id, run_id))
        return found

    def task_instances(self, dag_id: str, run_id: str) -> list[JsonObject]:
        """Return the task instances of a run with their `state`, mapped ones one by one."""
        return self._all(f"{_run_path(dag_id, run_id)}/taskInstances", "task_instances")

    def questions(self, dag_id: str = "~", run_id: str = "~") -> list[JsonObject]:
        """Return what people are asked and have not answered: `subject`, `body`, `params` and `task_instance` of each.

        Args:
            dag_id, run_id: only of this DAG, of this run; `~` is any.
        """
        return self._all(f"{_run_path(dag_id, run_id)}/hitlDetails", "hitl_details", response_received=False)

    def answer(self, instance: Mapping[str, Any], option: str, answers: Mapping[str, Any]) -> None:
        """Answer a question.

        Args:
            instance: `task_instance` of one of `questions`.
            option: one of its options.
            answers: values of its form.

        Raises:
            StackError: Airflow refuses: somebody else is asked, or it has been answered.
        """
        path = f"{_task_path(instance)}/{instance['map_index']}/hitlDetails"
        self.call("PATCH", path, {"chosen_options": [option], "params_input": dict(answers)})

    def mark(self, instance: Mapping[str, Any], state: str) -> None:
        """Set the state of one task instance by hand: success, failed or skipped."""
        self.call("PATCH", f"{_task_path(instance)}/{instance['map_index']}", {"new_state": state})

    def log(self, instance: Mapping[str, Any]) -> list[str]:
        """Return the lines of a task instance's last try.

        Args:
            instance: one of `task_instances`.
        """
        path = _task_path(instance)
        answer = self.call("GET", f"{path}/logs/{instance['try_number']}", map_index=instance["map_index"])
        return [_log_line(event) for event in answer["content"]]

    def _all(self, path: str, key: str, **query: Any) -> list[JsonObject]:
        """Follow the pages: Airflow gives at most 100 entries at a time, whatever is asked for."""
        found: list[JsonObject] = []
        while True:
            answer = self.call("GET", path, limit=100, offset=len(found), **query)
            found += answer[key]
            if not answer[key] or len(found) >= answer["total_entries"]:
                return found

    def _log_in(self) -> None:
        self._session.headers.pop("Authorization", None)
        self._prove()
        body = {"username": self._user, "password": self._password}
        answer = self._send("POST", f"{self.url}/auth/token", body, {})
        if not answer.ok:
            raise StackError(f"Airflow refuses user {self._user!r} with {answer.status_code} at {self.url}/auth/token")
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _send(
        self, method: str, url: str, body: Any, query: Mapping[str, Any], timeout: tuple[float, float] = _TIMEOUT
    ) -> requests.Response:
        try:
            return self._session.request(method, url, json=body, params=query, timeout=timeout)
        except requests.RequestException as error:
            raise StackError(f"Airflow does not answer at {url}: {error}") from error


def _run_path(dag_id: str, run_id: str) -> str:
    return f"dags/{quote(dag_id)}/dagRuns/{quote(run_id, safe='')}"


def _task_path(instance: Mapping[str, Any]) -> str:
    return f"{_run_path(instance['dag_id'], instance['dag_run_id'])}/taskInstances/{quote(instance['task_id'])}"


def _log_line(event: Any) -> str:
    """Return one structured log event as text, with the exception it may carry."""
    if not isinstance(event, dict):
        return str(event)
    causes = [f"{detail.get('exc_type')}: {detail.get('exc_value')}" for detail in event.get("error_detail") or ()]
    return " ".join(part for part in (str(event.get("event", "")), *causes) if part)
