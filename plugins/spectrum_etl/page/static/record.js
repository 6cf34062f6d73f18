// One record of the export queue: what would be written, the approver's answer, and everything that happened before.
import { useEffect } from "./vendor/preact-hooks.js";
import { html, moment, useData, words } from "./lib.js";
import { Badge, Dialog, Problem } from "./parts.js";
import { Asked } from "./answer.js";
import { Changed } from "./changed.js";
import { CollectAgain, StandsStill } from "./collect.js";
import { Elsewhere } from "./elsewhere.js";
import { sentence } from "./wording.js";
import { Totals, Written } from "./written.js";

/** Where a record can be collected again, and why somebody would. */
const AGAIN = {
  rejected: "Rejected records stay out. Corrected in Procore, it can be collected again: approvers are asked again.",
  retrieved: "It was taken out. Collected again, approvers are asked about it again.",
  failed: "When what stands in the way is put right, collect it again.",
  not_ready: "When what stands in the way is put right, look at it again.",
};
/** What a reason is the reason of. */
const LEADS = { waiting: "Asked again.", rejected: "Rejected.", failed: "Failed." };
/** What happens to a record that a task of Airflow works on. */
const MOVES = {
  sending: "Accepted, and on its way to Spectrum. Nothing to do.",
  unknown: "The answer to a call was lost. What became of it is being looked up in Spectrum; nothing is sent twice. Nothing to do.",
  sent: "Sent to Spectrum, and being read back. Nothing to do.",
  confirmed: "In Spectrum, and being linked. Nothing to do.",
};
const UNDER_WAY = ["sending", "unknown", "sent", "confirmed"];

/** `row`: which record; `onFound` is given the record itself, as it is now. */
export function Record({ row, me, onClose, onFound, onAnswered, onChanged }) {
  const target = { object: row.object_name, company: row.company_code, project: row.project_id, record: row.record_id };
  const found = useData("export/record", target, { every: 3 });
  const { data } = found;
  const record = data?.record;
  const title = record?.title ?? words(row.object_name);
  useEffect(() => { if (record) onFound(record); }, [record?.state]);
  const about = [words(row.object_name), `company ${row.company_code}`, record?.project_name ?? (row.project_id && `project ${row.project_id}`)];
  return html`<${Dialog} title=${title} onClose=${onClose} wide>
    <p class="faint">${about.filter(Boolean).join(" · ")}${record?.spectrum_key && record.state === "linked" && html` · in Spectrum <code>${record.spectrum_key}</code>`}
      <${Elsewhere} links=${data?.elsewhere} /></p>
    ${!data && html`<${Problem} error=${found.error} retry=${found.reload} />${!found.error && html`<p class="loading">Loading…</p>`}`}
    ${data && html`
      ${record.reason && html`<div class="notice ${["failed", "waiting", "ready"].includes(record.state) ? "bad" : "warn"}">
        ${LEADS[record.state] && html`<strong>${LEADS[record.state]} </strong>`}${sentence(record.reason, title)}${record.remedy && html`
        <strong>What to do:</strong> ${sentence(record.remedy, title)}`}</div>`}
      ${UNDER_WAY.includes(record.state) && (data.still
        ? html`<${StandsStill} still=${data.still} target=${target} allowed=${data.may_collect} onStarted=${onChanged} />`
        : html`<div class="notice">${MOVES[record.state]}</div>`)}
      ${record.state === "linked" && html`<${Changed} changes=${data.changes} />`}
      ${record.broken.length > 0 && html`<${Broken} rules=${record.broken} title=${title} />`}
      ${record.state === "waiting" && data.still && html`
        <${StandsStill} still=${data.still} target=${target} allowed=${data.may_collect} onStarted=${onChanged} waits />
        ${data.question?.answered && html`<div class="notice bad">The answer${data.question.answered_by && ` of ${data.question.answered_by}`} was not taken: nothing came of it.</div>`}`}
      ${record.state === "waiting" ? html`
        <${Asked} key=${JSON.stringify(data.question?.asks)} data=${data} me=${me} target=${target} title=${title}
          onAnswered=${() => onAnswered(record)} onLook=${() => { found.reload(); onChanged(); }}>
          <${Attempts} attempts=${data.attempts} title=${title} /></>` : html`
        <${Attempts} attempts=${data.attempts} title=${title} />
        ${record.state in AGAIN && html`<${CollectAgain} target=${target} allowed=${data.may_collect} lead=${AGAIN[record.state]}
          lost=${record.state === "failed" && data.attempts[0]?.lost > 0} onStarted=${onChanged} />`}
        ${record.state === "linked" && html`<${Unlink} target=${target} />`}`}`}
  </>`;
}

const Broken = ({ rules, title }) => html`<h3>What stands in the way</h3><ul class="rules">${rules.map((rule) => html`
  <li title=${rule.rule}><strong class="badtext">${sentence(rule.message, title)}</strong>
    ${rule.value && html`<span class="faint"> ${words(rule.field)}: ${rule.value}</span>`}
    ${rule.fix && html`<br /><strong>What to do:</strong> ${sentence(rule.fix, title)}`}</li>`)}</ul>`;

/** What an answer came to: an acceptance that sent nothing is none to an accountant. */
function cameTo({ decision, state }) {
  if (state === "rejected") return ["bad", "Rejected"];
  if (state === "retrieved") return ["plain", "Taken out"];
  if (decision !== "accept") return ["warn", "Did not count"];
  if (state === "linked") return ["ok", "Accepted and written"];
  if (state === "failed") return ["bad", "Failed"];
  return UNDER_WAY.includes(state) ? ["info", "Accepted, being sent"] : ["warn", "Not sent"];
}

function headOf({ state, sent, lost, calls }) {
  if (state === "linked") return "What was written";
  if (lost) return "What was to be written; of a part of it, it is not known whether it was";
  return sent ? `What was to be written, of which ${sent} of ${calls} parts were` : "What was to be written; nothing was";
}

const Attempts = ({ attempts, title }) => attempts.length === 0 ? null : html`<h3>What happened before</h3>
  <ol class="history">${attempts.map((attempt, index) => {
    const [kind, text] = cameTo(attempt);
    return html`<li><${Badge} kind=${kind}>${text}</>${` by ${attempt.answered_by_name || "nobody"}, ${moment(attempt.answered_at)}`}
      ${attempt.spectrum_key && html`, as <code>${attempt.spectrum_key}</code>`}
      ${attempt.reason && html`<p class="why">${sentence(attempt.reason, title)}</p>`}
      ${attempt.said.length > 0 && html`<ul class="list">${attempt.said.map((said) => html`<li class="faint">${said}</li>`)}</ul>`}
      ${attempt.calls > 0 && html`<details open=${index === 0 && attempt.state === "linked"}>
        <summary>${headOf(attempt)} <${Totals} totals=${attempt.totals} /></summary>
        <${Written} sections=${attempt.sections} /></details>`}</li>`;
  })}</ol>`;

/** How a synced record is ended: Spectrum first, then the link. */
const Unlink = ({ target }) => html`<div class="again"><h3>To delete it, or to export it again</h3>
  <p>Delete it in Spectrum first. Then <a href="../dags/unlink_export" target="_top">start the DAG that unlinks</a> with
    object <code>${target.object}</code>, company <code>${target.company}</code>, record <code>${target.record}</code>: it makes sure
    that Spectrum no longer holds it, and takes the link out of Procore. After that it is
    offered again when Procore is looked at.</p></div>`;
