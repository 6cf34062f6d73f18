// How new the marts are, which the job cost view reads, with a button that computes them.
import { ago, html, moment, plural } from "./lib.js";
import { Badge, Problem, Time } from "./parts.js";
import { RunButton, useStarter } from "./runs.js";

const THEN = "From then on it also follows the syncs automatically.";

/** The state in a line. `marts` is the API's; `title` is left out where the view itself says what it is about. */
export function Marts({ marts, company, reload, title }) {
  const starter = useStarter(reload);
  const start = () => starter.start({ key: "marts", path: "marts/refresh", body: { companies: company ? [company] : [] }, title: "the marts", paused: marts.paused, then: THEN });
  const text = marts.computed_at ? "Refresh" : "Compute now";
  return html`<div class="state-line">
    ${title && html`<strong>${title}</strong>`}
    <${State} marts=${marts} /><p><${Words} marts=${marts} /></p>
    <${RunButton} running=${marts.running} busy=${starter.busy} allowed=${marts.may_refresh} at="Computing"
      label="${text}: job cost and the other marts" text=${text} onClick=${start} />
    <${Problem} error=${starter.problem} />${starter.question}</div>`;
}

/** Said in place of figures where they were never computed; null where they were, or where that is not known. */
export const NotComputed = ({ marts, company, reload }) => !marts?.known || marts.computed_at ? null : html`
  <div class="notice warn"><strong>Job cost has not been computed yet.</strong> Budgets, costs and variances are shown once it has.
    <${Marts} marts=${marts} company=${company} reload=${reload} /></div>`;

function State({ marts }) {
  if (marts.running) return html`<${Badge} kind="info" icon="run">${marts.running.state === "queued" ? "Queued" : "Computing"}</>`;
  if (!marts.known) return html`<${Badge} icon="none">Not known</>`;
  if (marts.failed) return html`<${Badge} kind="bad" icon="bad">Failed</>`;
  if (!marts.computed_at) return html`<${Badge} icon="none">Not computed yet</>`;
  if (marts.waiting) return html`<${Badge} kind="warn" icon="wait">Behind</>`;
  return html`<${Badge} kind="ok" icon="ok">Up to date</>`;
}

function Words({ marts }) {
  if (!marts.known) return html`<span class="faint">Not known while the warehouse is down.</span>`;
  const missing = marts.computed_at && marts.missing.length ? `, but never for company ${marts.missing.join(", ")}` : "";
  return html`
    ${marts.computed_at && html`<${Time} at=${marts.computed_at}>Computed ${ago(marts.computed_at)}</>${missing}. `}
    ${marts.failed && html`<span class="badtext">The last run of publish_marts failed: its log in Airflow says why. </span>`}
    ${marts.waiting > 0 && html`<span class="warntext">${plural(marts.waiting, "sync is", "syncs are")} not in it yet. </span>`}
    ${marts.paused && html`<span class="warntext" title="Last computed ${moment(marts.computed_at)}">publish_marts is paused in Airflow: it does not follow the syncs.</span>`}`;
}
