// Runs that have written into Procore: what each has done, and the undo of it.
import { useState } from "./vendor/preact-hooks.js";
import { ago, count, html, link, plural, useList, words } from "./lib.js";
import { Badge, Dialog, Empty, Icon, Listed, Problem, Table, Time } from "./parts.js";
import { RunButton, useStarter } from "./runs.js";

/** What a run has done, by kind. */
const DONE = { create: "created", link: "linked", update: "changed", "take over": "taken over", undo: "undone" };
const done = (run) => Object.keys({ ...DONE, ...run.done }).filter((kind) => run.done[kind])
  .map((kind) => `${count(run.done[kind])} ${DONE[kind] ?? words(kind).toLowerCase()}`);

/** `planned()`: the plans and their rows are to be read again. */
export function ImportRuns({ me, company, object, planned }) {
  const list = useList("into-procore/runs", { company, object, offset: 0 }, { every: 15 });
  const [asked, setAsked] = useState(null);
  const [begun, setBegun] = useState(null);
  const again = async () => { await Promise.all([list.reload(), planned()]); };
  const starter = useStarter(again);
  const several = me.companies.length > 1;
  const key = (run) => `${run.object_name} ${run.company_code} ${run.run_id}`;
  const undo = (run) => {
    setAsked(null);
    setBegun(run.run_id);
    starter.start({
      key: key(run), path: "into-procore/undo", title: "undo_import", paused: list.data.paused,
      body: { object: run.object_name, company: run.company_code, run: run.run_id }, then: "It runs only when somebody starts it.",
    });
  };
  const columns = [
    { title: "Run", kind: "wide", cell: (r) => html`<a href=${`../dags/${r.dag_id}/runs/${encodeURIComponent(r.run_id)}`} target="_top"><code>${r.run_id}</code></a>
      <span class="second">${me.into_procore.length > 1 && `${words(r.object_name)}, `}${several && `company ${r.company_code}, `}<${Time} at=${r.began_at}>${ago(r.began_at)}</></span>` },
    { title: "What it has done", kind: "wide", cell: (r) => html`${done(r).join(", ") || html`<span class="faint">nothing that Procore took</span>`}
      ${r.refused > 0 && html` <${Badge} kind="bad">${plural(r.refused, "row")} refused</>`}
      ${r.differing > 0 && html` <${Badge} kind="bad">${count(r.differing)} not as written</>`}
      <span class="second"><a href=${link("into-procore/results", { object: r.object_name, run: r.run_id })} aria-label=${`Results of ${r.run_id}`}>Results</a></span>` },
    { title: "Accepted by", cell: (r) => r.decided_by_names ?? "–" },
    { title: "Undone", cell: (r) => html`<${Undone} run=${r} />` },
    { title: html`<span class="hidden">Undo</span>`, cell: (r) => r.undoable > 0 && r.undo_rows === 0 && html`<${RunButton} allowed=${list.data.may_undo}
      busy=${starter.busy === key(r)} text="Undo…" label=${`Undo the run ${r.run_id}`} onClick=${() => setAsked(r)} />` },
  ];
  return html`
    <${Problem} error=${starter.problem} />${starter.question}
    ${begun && !starter.busy && !starter.problem && !starter.question && html`<div class="notice ok" role="status">
      undo_import is started for <code>${begun}</code>. Its rows appear under
      ${" "}<a href=${link("into-procore/decide", { object, does: "undo" })}>To decide</a> when it has looked at Procore.</div>`}
    <${Listed} list=${list} what="runs" empty=${html`<${Empty} title="No run has written into Procore yet" />`}>
      <${Table} label="Runs that have written into Procore" columns=${columns} rows=${list.rows} keyOf=${key} /></>
    ${asked && html`<${Ask} run=${asked} onClose=${() => setAsked(null)} onUndo=${() => undo(asked)} />`}`;
}

/** How much of a run was taken back, is to be, or cannot be. */
function Undone({ run }) {
  if (run.undo_rows > 0) return html`<a href=${link("into-procore/decide", { object: run.object_name, does: "undo" })}>${plural(run.undo_rows, "row")} planned to be undone</a>`;
  if (!run.undone) return html`<span class="faint">${run.undoable ? "no" : "–"}</span>`;
  return run.undoable ? html`${count(run.undone)} of ${count(run.undone + run.undoable)}` : html`<${Badge} kind="plain">All of it</>`;
}

/** What undoing takes, before it is planned. */
const Ask = ({ run, onClose, onUndo }) => html`<${Dialog} title="Undo this run?" onClose=${onClose}>
  <p><code>${run.run_id}</code>: ${done(run).join(", ")}.</p>
  <ul class="list">
    <li>Fields that it changed become what they were before it.</li>
    <li>Links that it made end. What it created becomes inactive and loses our id: Procore deletes none.</li>
    <li>What somebody, or a later run, has changed since is a conflict: it is shown, and stays.</li>
    <li>What was undone is left out of imports until somebody includes it again.</li>
  </ul>
  <p>This only plans it. Nothing is undone before its rows are accepted, as those of any plan.</p>
  <div class="actions"><button onClick=${onClose}>Cancel</button>
    <button class="main" onClick=${onUndo}><${Icon} name="back" /> Plan the undo of ${plural(run.undoable, "record")}</button></div></>`;
