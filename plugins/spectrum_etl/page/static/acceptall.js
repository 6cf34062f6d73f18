// Accepts every waiting record whose form needs no input: shows which first, then answers them one by one.
import { useState } from "./vendor/preact-hooks.js";
import { api, count, html, useData, words } from "./lib.js";
import { Dialog, Problem } from "./parts.js";

const AT_ONCE = 3;

export function AcceptAll({ filters, onClose, onAnswered }) {
  const found = useData("export/complete", filters);
  const [done, setDone] = useState(0);
  const [failed, setFailed] = useState([]);
  const [running, setRunning] = useState(false);
  const rows = found.data?.rows ?? [];

  const start = async () => {
    setRunning(true);
    const waiting = [...rows];
    const worker = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        try {
          const { asks_dag_id, asks_run_id, asks_task_id, asks_map_index } = row;
          await api("export/answer", { body: {
            object: row.object_name, company: row.company_code, project: row.project_id, record: row.record_id,
            asks: { asks_dag_id, asks_run_id, asks_task_id, asks_map_index }, decision: "accept", proposals: true,
          } });
          onAnswered(row);
        } catch (error) {
          const fields = Object.values(error.fields ?? {});
          setFailed((old) => [...old, { title: row.title, why: fields.join(" ") || error.message }]);
        }
        setDone((old) => old + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    setRunning(false);
  };
  const over = done > 0 && !running;
  return html`<${Dialog} title="Accept all that need no input" onClose=${onClose}>
    <${Problem} error=${found.error} retry=${found.reload} />
    ${found.data && rows.length === 0 && html`<p>Every record that waits here needs an answer of yours. Open it to give it.</p>`}
    ${rows.length > 0 && html`
      <p>${count(rows.length)} ${rows.length === 1 ? "record is" : "records are"} accepted with what the form proposes and sent to
        Spectrum, once each. Records that need your input stay.</p>
      <ul class="list tall">${rows.map((row) => html`<li>${row.title} <span class="faint">${words(row.object_name)}</span></li>`)}</ul>
      ${done > 0 && html`<p role="status"><progress max=${rows.length} value=${done}></progress> ${count(done)} of ${count(rows.length)} done</p>`}
      ${failed.length > 0 && html`<div class="notice bad"><strong>${count(failed.length)} could not be accepted:</strong>
        <ul>${failed.map((entry) => html`<li>${entry.title}: ${entry.why}</li>`)}</ul></div>`}`}
    <div class="actions"><button onClick=${onClose} disabled=${running}>${over ? "Close" : "Cancel"}</button>
      ${rows.length > 0 && !over && html`<button class="main" disabled=${running} onClick=${start}>Accept ${count(rows.length)}</button>`}</div>
  </>`;
}
