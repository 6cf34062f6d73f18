// The records of a list whose form needs no input: what each will be called and what it costs, ticked one by one. The
// server accepts what is ticked; `batch.js` shows how far it is.
import { useState } from "./vendor/preact-hooks.js";
import { api, count, html, money, useData, words } from "./lib.js";
import { exactSum } from "./amounts.js";
import { Dialog, Problem } from "./parts.js";
import { Totals } from "./written.js";

/** What the form proposes: `Subcontract id SC-101`. */
export const Proposed = ({ proposed }) => html`${(proposed ?? []).filter((field) => field.value).map((field) => html`
  <span class="proposed"><span class="faint">${field.title}</span> <code>${field.value}</code></span>`)}`;

/** The amounts of some records, added up by what they are. */
function added(rows) {
  const amounts = new Map();
  for (const total of rows.flatMap((row) => row.totals ?? [])) amounts.set(total.label, [...(amounts.get(total.label) ?? []), total.amount]);
  return [...amounts].map(([label, each]) => ({ label, amount: exactSum(each) }));
}

export function AcceptAll({ filters, narrowed, keyOf, onClose, onStarted }) {
  const found = useData("export/complete", filters);
  const [changed, setChanged] = useState({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const rows = found.data?.rows ?? [];
  const isTicked = (row) => !row.clash && (changed[keyOf(row)] ?? true);
  const ticked = rows.filter(isTicked);
  const free = rows.filter((row) => !row.clash);
  const tick = (of, on) => setChanged((old) => ({ ...old, ...Object.fromEntries(of.map((row) => [keyOf(row), on])) }));
  const start = async () => {
    setBusy(true);
    setError(null);
    try {
      onStarted(await api("export/accept-all", { body: { items: ticked.map(item) } }));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return html`<${Dialog} title="Accept all that need no input" onClose=${onClose} wide>
    <${Problem} error=${found.error} retry=${found.reload} />
    ${!found.data && !found.error && html`<p class="loading">Loading…</p>`}
    ${found.data && rows.length === 0 && html`<p>Every record ${narrowed ? "of this list" : "that waits"} needs an answer of yours. Open it to give it.</p>`}
    ${rows.length > 0 && html`
      <p>${narrowed ? "Of the list as it is filtered now, these" : "These"} are accepted as shown here and sent to Spectrum, once
        each. Records that need your input, were asked again, or whose proposal is a guess, stay.
        ${found.data.more && html` <strong>There are more: these are the first ${count(rows.length)}.</strong>`}
        ${free.length < rows.length && html` <strong class="badtext">${count(rows.length - free.length)} cannot be accepted here: the number is taken, or proposed twice. Open those.</strong>`}</p>
      <div class="scroll" tabindex="0" role="region" aria-label="What is accepted"><table>
        <thead><tr><th scope="col" class="tick"><input type="checkbox" aria-label="All of them" checked=${free.length > 0 && ticked.length === free.length}
            onChange=${(event) => tick(free, event.target.checked)} /></th>
          <th scope="col">Record</th><th scope="col">Will be called</th><th scope="col" class="num">Amount</th></tr></thead>
        <tbody>${rows.map((row) => html`<tr key=${keyOf(row)}>
          <td class="tick"><input type="checkbox" aria-label=${row.title} checked=${isTicked(row)} disabled=${Boolean(row.clash)}
            onChange=${(event) => tick([row], event.target.checked)} /></td>
          <td class="wide"><strong>${row.title}</strong><br /><span class="faint">${words(row.object_name)}, company ${row.company_code}</span></td>
          <td class="wide"><${Proposed} proposed=${row.proposed} />${row.clash && html`<span class="why badtext">${row.clash}</span>`}</td>
          <td class="num">${(row.totals ?? []).map((total) => html`<div>${money(total.amount)}<br /><span class="faint">${total.label}</span></div>`)}</td></tr>`)}</tbody>
      </table></div>`}
    <div class="answer"><${Problem} error=${error} /><div class="row"><${Totals} totals=${added(ticked)} /><span class="space"></span>
      <button onClick=${onClose}>Cancel</button>
      ${rows.length > 0 && html`<button class="main" disabled=${busy || !ticked.length} onClick=${start}>Accept ${count(ticked.length)}</button>`}</div></div>
  </>`;
}

/** What is shown here is what is answered, whatever the form proposes by now. */
function item(row) {
  const { asks_dag_id, asks_run_id, asks_task_id, asks_map_index } = row;
  return {
    object: row.object_name, company: row.company_code, project: row.project_id, record: row.record_id, title: row.title, decision: "accept",
    asks: { asks_dag_id, asks_run_id, asks_task_id, asks_map_index },
    answers: Object.fromEntries((row.proposed ?? []).map((field) => [field.name, field.value])),
  };
}
