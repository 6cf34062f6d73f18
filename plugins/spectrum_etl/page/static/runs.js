// Starting DAGs from the page: a button that keeps the focus while it works, and the question before a DAG is resumed.
import { useState } from "./vendor/preact-hooks.js";
import { api, html } from "./lib.js";
import { Dialog, Icon } from "./parts.js";

/**
 * Starts runs, asking first where the DAG is paused. What is started: `key`, `path` of the API, `body`, `title`,
 * `paused`, and `then`: what resuming means from then on.
 */
export function useStarter(reload) {
  const [busy, setBusy] = useState(null);
  const [asking, setAsking] = useState(null);
  const [problem, setProblem] = useState(null);
  const start = async (what, resume) => {
    if (what.paused && !resume) { setAsking(what); return; }
    setBusy(what.key);
    setProblem(null);
    try {
      await api(what.path, { body: { ...what.body, resume: Boolean(resume) } });
    } catch (error) {
      setProblem(error);
    }
    await reload();
    setBusy(null);
  };
  const question = asking && html`<${Dialog} title="Resume ${asking.title}?" onClose=${() => setAsking(null)}>
    <p>The DAG of this is paused in Airflow, so nothing would run. Resume it and start it now? ${asking.then}</p>
    <div class="actions"><button onClick=${() => setAsking(null)}>Cancel</button>
      <button class="main" onClick=${() => { const what = asking; setAsking(null); start(what, true); }}>Resume and start</button></div></>`;
  return { start, busy, problem, question };
}

/** Starts something. While it runs it cannot be pressed, but keeps the focus: a disabled button would lose it. */
export const RunButton = ({ running, busy, allowed, label, text, at, onClick }) => html`
  <button disabled=${!allowed} aria-disabled=${running || busy ? "true" : undefined} aria-label=${running ? `${label}: ${running.state ?? "running"}` : label}
          title=${allowed ? label : "Your Airflow role may not start this DAG"} onClick=${() => { if (!running && !busy) onClick(); }}>
    <${Icon} name=${running || busy ? "run" : "refresh"} spin=${Boolean(running || busy)} />
    <span class="text">${running ? (running.state === "queued" ? "Queued" : at ?? "Running") : text}</span></button>`;
