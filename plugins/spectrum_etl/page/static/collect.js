// Starts export runs: for one object or all of them, or for one record again. They collect and ask, and send nothing.
import { useState } from "./vendor/preact-hooks.js";
import { ago, api, html, moment } from "./lib.js";
import { Choice, Dialog, Icon, Problem } from "./parts.js";

const ALL = "*";

/** Starts runs one by one; those whose DAG is paused are reported, and started when they may be resumed. */
function useStart() {
  const [state, setState] = useState({ started: [], paused: [], failed: [] });
  const start = async (bodies, resume = false) => {
    const found = { started: resume ? state.started : [], paused: [], failed: [] };
    setState({ ...found, busy: true });
    for (const body of bodies) {
      try {
        await api("export/collect", { body: { ...body, resume } });
        found.started.push(body);
      } catch (error) {
        (error.paused ? found.paused : found.failed).push({ ...body, error });
      }
    }
    setState({ ...found, over: true });
    return found.started.length > 0;
  };
  const resume = () => start(state.paused.map(({ error, ...body }) => body), true);
  return { ...state, start, resume, reset: () => setState({ started: [], paused: [], failed: [] }) };
}

export function Collect({ me, object, company, allowed, onStarted }) {
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(undefined);
  const run = useStart();
  const options = me.exports.filter((o) => allowed.includes(o.name)).map((o) => [o.name, o.title]);
  if (!options.length) return null;
  const titles = Object.fromEntries(options);
  const named = (bodies) => bodies.map((body) => titles[body.object]).join(", ");
  const started = (bodies) => `Started: ${named(bodies)}. The lists follow as the runs go on.`;
  const choose = (name) => { run.reset(); setChosen(name); };
  const name = chosen ?? (object in titles ? object : ALL);
  const begin = async () => {
    const objects = name === ALL ? options.map(([key]) => key) : [name];
    if (await run.start(objects.map((key) => ({ object: key, companies: company ? [company] : [] })))) onStarted();
  };
  return html`
    <button onClick=${() => { choose(undefined); setOpen(true); }}><${Icon} name="refresh" /> Look at Procore now</button>
    ${open && html`<${Dialog} title="Look at Procore now" onClose=${() => setOpen(false)}>
      <p>Collects the approved records, checks every rule, and asks the approvers about those that are ready. Nothing is
        sent to Spectrum before an approver accepts.</p>
      <p><${Choice} label="Object" value=${name} onChange=${choose} options=${[[ALL, "All objects"], ...options]} /></p>
      <${Outcome} run=${run} started=${started} paused=${named} onStarted=${onStarted} />
      <div class="actions"><button onClick=${() => setOpen(false)}>Close</button>
        ${!run.over && html`<button class="main" disabled=${run.busy} onClick=${begin}>${run.busy ? "Starting…" : "Start"}</button>`}</div></>`}`;
}

/**
 * One record again: it is looked at in Procore, and asked about where it meets every rule. Where the answer of a call was
 * lost, collecting it again says that Spectrum does not hold it: nobody says so without having looked.
 */
export function CollectAgain({ target, allowed, lead, lost, onStarted }) {
  const run = useStart();
  const [looked, setLooked] = useState(false);
  const { object, company, project, record } = target;
  const body = { object, companies: [company], projects: project ? [project] : [], records: [record] };
  const begin = async () => { if (await run.start([body])) onStarted(); };
  if (!allowed) return html`<p class="faint">${lead} Anyone who may start exports in Airflow can collect it again here.</p>`;
  return html`<div class="again"><p>${lead}</p>
    <${Outcome} run=${run} onStarted=${onStarted} paused=${() => `the export ${run.paused[0].object.replaceAll("_", " ")}`}
      started=${() => "Started: in a moment it waits for approval, or the list says what stands in its way."} />
    ${lost && !run.over && html`<p><strong>The answer to a call was lost: Spectrum may have executed it.</strong> Collected again,
      it is sent once more where it cannot be read back.<br /><label class="check"><input type="checkbox" checked=${looked}
        onChange=${(event) => setLooked(event.target.checked)} /> I have looked it up in Spectrum: it is not there.</label></p>`}
    ${!run.over && html`<button disabled=${run.busy || (lost && !looked)} onClick=${begin}><${Icon} name="refresh" /> Collect again</button>`}</div>`;
}

/** A record that no task works on, or whose question is dead (`waits`): since when, why, and the run that goes on with it. */
export function StandsStill({ still, target, allowed, onStarted, waits }) {
  const run = useStart();
  const { object, company, project, record } = target;
  const body = { object, companies: [company], projects: project ? [project] : [], records: [record] };
  const begin = async () => { if (await run.start([body])) onStarted(); };
  return html`<div class="notice bad" role="alert"><p><strong>It stands still</strong>, since ${moment(still.since)} (${ago(still.since)}). ${still.why}</p>
    <${Outcome} run=${run} onStarted=${onStarted} paused=${() => `the export ${run.paused[0].object.replaceAll("_", " ")}`}
      started=${() => (waits ? "Started: in a moment it waits for approval again, or the list says what stands in its way."
        : "Started: it looks up what Spectrum has of it, and sends only what is missing.")} />
    ${!run.over && (allowed ? html`<button class="main" disabled=${run.busy} onClick=${begin}>${waits ? "Ask again" : "Go on with it"}</button>`
      : html`<p>Ask somebody who may start exports in Airflow to ${waits ? "ask again" : "go on with it"} here.</p>`)}</div>`;
}

const Outcome = ({ run, started, paused, onStarted }) => html`
  ${run.failed.map(({ error }) => html`<${Problem} error=${error} />`)}
  ${run.started.length > 0 && html`<div class="notice ok" role="status">${started(run.started)}</div>`}
  ${run.paused.length > 0 && html`<div class="notice warn" role="alert">Paused in Airflow, so nothing would run:
    ${` ${paused(run.paused)}. `}<button class="link" onClick=${async () => { if (await run.resume()) onStarted(); }}>Resume and start</button></div>`}`;
