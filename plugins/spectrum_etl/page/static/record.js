// One record of the export queue: what would be written, the approver's form, and everything that was answered before.
import { useEffect, useState } from "./vendor/preact-hooks.js";
import { api, html, moment, useData, words } from "./lib.js";
import { Badge, Dialog, Problem, Table } from "./parts.js";

export function Record({ row, me, onClose, onAnswered }) {
  const key = { object: row.object_name, company: row.company_code, project: row.project_id, record: row.record_id };
  const [unasked, setUnasked] = useState(false);
  const found = useData("export/record", key, { every: unasked && 2 });
  const data = found.data;
  useEffect(() => setUnasked(data?.record.state === "waiting" && !data.question), [data]);
  return html`<${Dialog} title=${row.title} onClose=${onClose} wide>
    <p class="faint">${words(row.object_name)} of Procore, for Spectrum company ${row.company_code}${row.project_id && `, project ${row.project_id}`}</p>
    ${!data && html`<${Problem} error=${found.error} retry=${found.reload} />${!found.error && html`<p class="loading">Loading…</p>`}`}
    ${data && html`
      ${data.record.reason && html`<div class="notice ${data.record.state === "failed" ? "bad" : "warn"}">${data.record.reason}</div>`}
      ${data.record.broken.length > 0 && html`<${Broken} rules=${data.record.broken} />`}
      ${data.record.shown && data.record.state === "waiting" && html`<${Shown} shown=${data.record.shown} />`}
      ${data.record.state === "waiting" && html`<${Form} key=${JSON.stringify(data.question?.asks)} data=${data} me=${me} target=${key}
        onAnswered=${() => onAnswered(row)} />`}
      ${data.attempts.length > 0 && html`<${Attempts} attempts=${data.attempts} />`}`}
  </>`;
}

const Broken = ({ rules }) => html`<h3>What stands in the way</h3><ul class="rules">${rules.map((rule) => html`
  <li><${Badge} kind="bad">${rule.rule}</> <strong class="badtext">${rule.message}.</strong>
    ${rule.value && html`<span class="faint"> ${words(rule.field)} holds ${rule.value}.</span>`}
    ${rule.fix && html`<br /><strong>What to do:</strong> ${rule.fix}.`}</li>`)}</ul>`;

/** Every element that would be written, with what Spectrum holds now. */
function Shown({ shown }) {
  if (!shown.document) {
    return html`<h3>What would be written to Spectrum</h3><p>It depends on your answers: ${shown.incomplete}.</p>`;
  }
  const lines = shown.document.calls.flatMap((call, number) => {
    const elements = Object.entries(call.fields);
    const held = shown.held[number];
    return (elements.length ? elements : Object.entries(call.key)).map(([element, value]) => ({
      call: `${call.service} ${Object.entries(call.key).filter(([k]) => k !== "Company_Code").map(([, v]) => v).join(" / ")}`,
      element, now: held === null ? null : held[element], value,
    }));
  });
  return html`<h3>What would be written to Spectrum, with what the form proposes</h3>
    <${Table} label="What would be written" rows=${lines} keyOf=${(line) => `${line.call} ${line.element}`} columns=${[
      { title: "Where", cell: (line) => html`<code>${line.call}</code>` },
      { title: "Field", cell: (line) => line.element.replaceAll("_", " ") },
      { title: "Now", cell: (line) => html`<span class="faint">${line.now ?? "nothing"}</span>` },
      { title: "Will be", kind: "wide", cell: (line) => html`<strong>${line.value || "(blank)"}</strong>` },
    ]} />`;
}

function Form({ data, me, target, onAnswered }) {
  const asked = data.question;
  const [answers, setAnswers] = useState(Object.fromEntries((asked?.fields ?? []).map((field) => [field.name, field.proposal])));
  const [reason, setReason] = useState("");
  const [rejecting, setRejecting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  if (!asked) return html`<div class="notice">Airflow is just about to ask: the form appears here in a moment.</div>`;
  if (asked.answered) return html`<div class="notice ok">Answered${asked.answered_by && ` by ${asked.answered_by}`}: it is being taken up.</div>`;
  if (!me.approver) {
    return html`<div class="notice">Only accounting approvers may answer: ${asked.assigned.join(", ") || "nobody is listed in the settings"}.</div>`;
  }
  const send = async (decision) => {
    setBusy(true);
    setError(null);
    try {
      await api("export/answer", { body: { ...target, asks: asked.asks, decision, answers, reason } });
      onAnswered();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const wrong = error?.fields ?? {};
  const note = (name, text) => html`<span class=${wrong[name] ? "badtext" : "faint"} id="${name}-note">${wrong[name] ?? text}</span>`;
  return html`<form class="form" onSubmit=${(event) => { event.preventDefault(); send("accept"); }}>
    <h3>Your answer</h3>
    <div class="fields">${asked.fields.map((field) => html`<label key=${field.name}>
      <span>${field.title}${field.required && html`<abbr title="needed to accept">*</abbr>`}</span>
      ${field.choices.length ? html`
        <select value=${answers[field.name]} aria-describedby="${field.name}-note" aria-invalid=${Boolean(wrong[field.name])}
            onChange=${(event) => setAnswers({ ...answers, [field.name]: event.target.value })}>
          <option value="">Choose…</option>${field.choices.map((choice) => html`<option value=${choice}>${choice}</option>`)}</select>` : html`
        <input value=${answers[field.name]} maxlength=${field.max_length} aria-describedby="${field.name}-note"
            aria-invalid=${Boolean(wrong[field.name])} autocomplete="off"
            onInput=${(event) => setAnswers({ ...answers, [field.name]: event.target.value })} />`}
      ${note(field.name, `${field.description}${field.max_length ? ` At most ${field.max_length} characters.` : ""}`)}
    </label>`)}</div>
    ${rejecting && html`<label><span>Reason for the rejection<abbr title="needed to reject">*</abbr></span>
      <textarea rows="2" maxlength="1000" value=${reason} aria-describedby="reason-note" onInput=${(event) => setReason(event.target.value)}></textarea>
      ${note("reason", "Kept in the ledger, for whoever sees the record next.")}</label>`}
    <${Problem} error=${error} />
    <div class="actions">
      <button type="button" disabled=${busy} title="Take it out until its export is started for it by name" onClick=${() => send("retrieve")}>Take out</button>
      ${rejecting ? html`<button type="button" class="danger" disabled=${busy || !reason.trim()} onClick=${() => send("reject")}>Reject it</button>`
        : html`<button type="button" class="danger" disabled=${busy} onClick=${() => setRejecting(true)}>Reject…</button>`}
      <button class="main" disabled=${busy}>${busy ? "Sending…" : "Accept and send to Spectrum"}</button>
    </div></form>`;
}

const DECISIONS = { accept: ["ok", "Accepted"], reject: ["bad", "Rejected"], retrieve: ["plain", "Taken out"] };

const Attempts = ({ attempts }) => html`<h3>What happened before</h3><ol class="history">${attempts.map((attempt) => html`<li>
  <${Badge} kind=${DECISIONS[attempt.decision][0]}>${DECISIONS[attempt.decision][1]}</> by ${attempt.answered_by_name || "nobody"},
    ${moment(attempt.answered_at)}${attempt.spectrum_key && html`, as <code>${attempt.spectrum_key}</code>`}
  ${attempt.reason && html`<p>${attempt.reason}</p>`}
  ${attempt.calls.length > 0 && html`<ul class="list">${attempt.calls.map((call) => html`<li>
    <code>${call.service}</code> ${call.state}${call.answer && html` <span class="faint">${call.answer}</span>`}</li>`)}</ul>`}</li>`)}</ol>`;
