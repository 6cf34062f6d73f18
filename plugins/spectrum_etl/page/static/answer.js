// The approver's answer: the form, what it leads to as it is typed, and a bar to accept, reject or take out.
import { useEffect, useRef, useState } from "./vendor/preact-hooks.js";
import { api, html, useData, useSettled } from "./lib.js";
import { Problem } from "./parts.js";
import { CollectAgain } from "./collect.js";
import { draftOf, forgetDraft, keepDraft } from "./drafts.js";
import { sentence } from "./wording.js";
import { Totals, Written } from "./written.js";

/** What is wrong with a value that can be told at once; the server says the same, and decides. */
function wrongOf(field, value) {
  const length = [...value].length;
  if (field.max_length && length > field.max_length) return `${field.title} has ${length} characters; Spectrum takes at most ${field.max_length}.`;
  if (value && field.pattern && !new RegExp(field.pattern).test(value)) return `${field.title} does not fit: Spectrum takes ${field.pattern_says}.`;
  return null;
}

/** Which fields hold a number that is taken, asked as it is typed; of a number that has changed since, nothing is said. */
function useTaken(target, fields, answers) {
  const typed = Object.fromEntries(fields.map((field) => [`answer.${field.name}`, answers[field.name].trim()]));
  const settled = useSettled(JSON.stringify(typed), 300);
  const found = useData(target && fields.length ? "export/taken" : null, { ...target, ...JSON.parse(settled) });
  return settled === JSON.stringify(typed) && found.data && !found.loading ? found.data.taken : {};
}

export function Asked({ data, me, target, title, onAnswered, onLook, children }) {
  const { question, written, still } = data;
  const fields = question?.fields ?? [];
  const draft = JSON.stringify(question?.asks);
  const [answers, setAnswers] = useState({ ...Object.fromEntries(fields.map((field) => [field.name, field.proposal])), ...draftOf(draft).answers });
  const [said, setSaid] = useState({});
  const answering = question && !still && !question.answered && !question.ended && me.approver;
  const change = (name, value) => {
    setAnswers({ ...answers, [name]: value });
    keepDraft(draft, { answers: { ...draftOf(draft).answers, [name]: value } });
    setSaid({ ...said, [name]: undefined });
  };
  const taken = useTaken(answering ? target : null, fields, answers);
  const wrong = Object.fromEntries(fields.map((field) => [
    field.name, said[field.name] ?? wrongOf(field, answers[field.name].trim()) ?? taken[field.name],
  ]));
  const typed = Object.fromEntries(fields.filter((field) => answers[field.name] !== field.proposal).map((field) => [field.name, answers[field.name]]));
  return html`
    ${answering && fields.length > 0 && html`<${Fields} fields=${fields} answers=${answers} wrong=${wrong} onChange=${change} />`}
    <h3>What would be written to Spectrum</h3>
    ${written?.sections ? html`
      <${Written} sections=${written.sections} answers=${typed} moved=${Object.keys(typed).length > 0} />
      ${written.unread && html`<div class="notice warn">Not confirmed afterwards: ${sentence(written.unread)}</div>`}`
      : html`<p>It depends on your answers. ${sentence(written?.incomplete, title)}</p>`}
    ${children}
    ${answering ? html`<${Bar} question=${question} draft=${draft} target=${target} answers=${answers} totals=${written?.totals} wrong=${wrong}
        onWrong=${setSaid} onAnswered=${onAnswered} onLook=${onLook} />`
      : still ? null
      : question?.ended ? html`<${Ended} question=${question} target=${target} allowed=${data.may_collect} onStarted=${onLook} />`
      : html`<div class="answer"><${Why} question=${question} /></div>`}`;
}

/** A question that takes no answer any more, whatever Airflow still shows. */
const Ended = ({ question, target, allowed, onStarted }) => html`<div class="answer"><div class="notice bad" role="alert">${question.ended}
    ${question.answered && ` The answer${question.answered_by ? ` of ${question.answered_by}` : ""} was not taken: nothing came of it.`}</div>
  <${CollectAgain} target=${target} allowed=${allowed} lead="Ask again: approvers get a new question." onStarted=${onStarted} /></div>`;

/** Why there is nothing to answer. */
function Why({ question }) {
  if (!question) return "Airflow is just about to ask: the form appears here in a moment.";
  if (question.answered) return `Answered${question.answered_by ? ` by ${question.answered_by}` : ""}: it is being taken up.`;
  return `Only accounting approvers may answer: ${question.assigned.join(", ") || "nobody is listed in the settings"}.`;
}

function Fields({ fields, answers, wrong, onChange }) {
  // Enter never sends: it leads to the button that does.
  const enter = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    document.getElementById("accept")?.focus();
  };
  return html`<div class="asked" role="group" aria-labelledby="asked-title"><h3 id="asked-title">Your answer</h3>
    <div class="fields">${fields.map((field) => {
      const bad = wrong[field.name];
      const shared = { value: answers[field.name], "aria-describedby": `${field.name}-note`, "aria-invalid": String(Boolean(bad)), onKeyDown: enter };
      const length = [...answers[field.name].trim()].length;
      return html`<label key=${field.name}>
        <span>${field.title}${field.required && html`<abbr title="needed to accept">*</abbr>`}
          ${field.max_length && !field.choices.length && html`<span class=${length > field.max_length ? "length badtext" : "length faint"} aria-hidden="true">${length} of ${field.max_length}</span>`}</span>
        ${field.choices.length ? html`
          <select ...${shared} onChange=${(event) => onChange(field.name, event.target.value)}>
            <option value="">Choose…</option>${field.choices.map((choice) => html`<option value=${choice} selected=${choice === answers[field.name]}>${choice}</option>`)}</select>` : html`
          <input ...${shared} autocomplete="off" spellcheck="false" onInput=${(event) => onChange(field.name, event.target.value)} />`}
        <span class=${bad ? "badtext" : "faint"} id="${field.name}-note">${bad ?? field.description}</span></label>`;
    })}</div></div>`;
}

/** Always in sight: the total, and what can be answered. */
function Bar({ question, draft, target, answers, totals, wrong, onWrong, onAnswered, onLook }) {
  const [mode, showMode] = useState(draftOf(draft).mode ?? "accept");
  const [reason, setReason] = useState(draftOf(draft).reason ?? "");
  const setMode = (chosen) => { showMode(chosen); keepDraft(draft, { mode: chosen }); };
  const type = (value) => { setReason(value); keepDraft(draft, { reason: value }); };
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const bar = useRef(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) bar.current.querySelector("textarea, .first")?.focus();
    first.current = false;
  }, [mode]);
  const send = async (decision) => {
    if (decision === "accept" && Object.values(wrong).some(Boolean)) return showWrong();
    setBusy(true);
    setError(null);
    try {
      await api("export/answer", { body: { ...target, asks: question.asks, decision, answers, reason } });
      forgetDraft(draft);
      onAnswered();
    } catch (problem) {
      setError(problem);
      setBusy(false);
      onWrong(problem.fields ?? {});
      if (Object.keys(problem.fields ?? {}).length) showWrong();
    }
  };
  const showWrong = () => setTimeout(() => bar.current?.closest("dialog").querySelector('[aria-invalid="true"]')?.focus(), 50);
  const back = html`<button disabled=${busy} onClick=${() => { setMode("accept"); setError(null); }}>Back</button>`;
  return html`<div class="answer" ref=${bar} role="group" aria-label="Answer">
    ${error && html`<${Problem} error=${error} />${error.status === 409 && html`<div class="row"><button class="main" onClick=${onLook}>Look again</button></div>`}`}
    ${mode === "reject" && html`<label><span>Reason for the rejection</span>
      <textarea rows="2" value=${reason} aria-describedby="reason-note" onInput=${(event) => type(event.target.value)}></textarea>
      <span class=${error?.fields?.reason || reason.length > 1000 ? "badtext" : "faint"} id="reason-note">${reason.length > 1000 ? `${reason.length} characters; at most 1,000 fit.` : error?.fields?.reason ?? "Kept in the ledger, for everyone who sees the record next."}</span></label>`}
    ${mode === "retrieve" && html`<p>It leaves the list, and nothing is sent, until somebody collects it again.</p>`}
    ${error?.status !== 409 && html`<div class="row">
      ${mode === "accept" ? html`<${Totals} totals=${totals} /><span class="space"></span>
        <button class="first" disabled=${busy} onClick=${() => setMode("retrieve")}>Take out…</button>
        <button class="danger" disabled=${busy} onClick=${() => setMode("reject")}>Reject…</button>
        <button class="main" id="accept" disabled=${busy} onClick=${() => send("accept")}>${busy ? "Sending…" : "Accept and send to Spectrum"}</button>`
      : mode === "reject" ? html`<span class="space"></span>${back}
        <button class="danger" disabled=${busy || !reason.trim() || reason.length > 1000} onClick=${() => send("reject")}>Reject it</button>`
      : html`<span class="space"></span>${back}<button class="main first" disabled=${busy} onClick=${() => send("retrieve")}>Take it out</button>`}</div>`}
  </div>`;
}
