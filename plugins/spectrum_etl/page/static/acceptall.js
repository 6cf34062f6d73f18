// Accepts the records of a list whose form needs no input: shows what each is called and what it costs, then answers.
import { useRef, useState } from "./vendor/preact-hooks.js";
import { api, count, html, money, useData, words } from "./lib.js";
import { Dialog, Problem } from "./parts.js";
import { Totals } from "./written.js";

const AT_ONCE = 3;

/** What the form proposes: `Subcontract id SC-101`. */
export const Proposed = ({ proposed }) => html`${(proposed ?? []).filter((field) => field.value).map((field) => html`
  <span class="proposed"><span class="faint">${field.title}</span> <code>${field.value}</code></span>`)}`;

export function AcceptAll({ filters, narrowed, keyOf, onClose, onAnswered }) {
  const found = useData("export/complete", filters);
  const [done, setDone] = useState(0);
  const [failed, setFailed] = useState([]);
  const [running, setRunning] = useState(false);
  const stopped = useRef(false);
  const rows = found.data?.rows ?? [];
  const close = () => { stopped.current = true; onClose(); };

  const start = async () => {
    setRunning(true);
    const waiting = [...rows];
    const worker = async () => {
      for (let row = waiting.shift(); row && !stopped.current; row = waiting.shift()) {
        try {
          const { asks_dag_id, asks_run_id, asks_task_id, asks_map_index } = row;
          await api("export/answer", { body: {
            object: row.object_name, company: row.company_code, project: row.project_id, record: row.record_id,
            asks: { asks_dag_id, asks_run_id, asks_task_id, asks_map_index }, decision: "accept",
            // What is shown here is what is answered, whatever the form proposes by now.
            answers: Object.fromEntries((row.proposed ?? []).map((field) => [field.name, field.value])),
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
  return html`<${Dialog} title="Accept all that need no input" onClose=${close} wide>
    <${Problem} error=${found.error} retry=${found.reload} />
    ${!found.data && !found.error && html`<p class="loading">Loading…</p>`}
    ${found.data && rows.length === 0 && html`<p>Every record ${narrowed ? "of this list" : "that waits"} needs an answer of yours. Open it to give it.</p>`}
    ${rows.length > 0 && html`
      <p>${narrowed ? "Of the list as it is filtered now, these" : "These"} are accepted as shown here and sent to Spectrum, once
        each. Records that need your input, or were asked again, stay.
        ${found.data.more && html` <strong>There are more: these are the first ${count(rows.length)}.</strong>`}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="What is accepted"><table>
        <thead><tr><th scope="col">Record</th><th scope="col">Will be called</th><th scope="col" class="num">Amount</th></tr></thead>
        <tbody>${rows.map((row) => html`<tr key=${keyOf(row)}>
          <td class="wide"><strong>${row.title}</strong><br /><span class="faint">${words(row.object_name)}, company ${row.company_code}</span></td>
          <td class="wide"><${Proposed} proposed=${row.proposed} /></td>
          <td class="num">${(row.totals ?? []).map((total) => html`<div>${money(total.amount)}<br /><span class="faint">${total.label}</span></div>`)}</td></tr>`)}</tbody>
      </table></div>
      ${done > 0 && html`<p role="status"><progress max=${rows.length} value=${done}></progress> ${count(done)} of ${count(rows.length)} done</p>`}
      ${failed.length > 0 && html`<div class="notice bad" role="alert"><strong>${count(failed.length)} could not be accepted:</strong>
        <ul>${failed.map((entry) => html`<li>${entry.title}: ${entry.why}</li>`)}</ul></div>`}`}
    <div class="answer"><div class="row"><${Totals} totals=${found.data?.totals} /><span class="space"></span>
      <button onClick=${close}>${over ? "Close" : running ? "Stop" : "Cancel"}</button>
      ${rows.length > 0 && !over && html`<button class="main" disabled=${running} onClick=${start}>Accept ${count(rows.length)}</button>`}</div></div>
  </>`;
}
