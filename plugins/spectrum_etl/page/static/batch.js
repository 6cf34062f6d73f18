// How far the approver's batch has come: it is worked on by the server, also while the page is closed.
import { useState } from "./vendor/preact-hooks.js";
import { api, count, html, plural, useData } from "./lib.js";
import { Problem } from "./parts.js";

const NONE = new Set();

/** The user's last batch, asked for often while it runs. `accepted`: its questions that were answered. */
export function useBatch(approver) {
  const [lively, setLively] = useState(false);
  const found = useData(approver ? "export/accept-all" : null, {}, { every: lively ? 1 : 30 });
  const batch = found.data?.batch ?? null;
  const running = batch?.state === "running";
  if (running !== lively) setLively(running);
  const stop = async () => {
    await api("export/accept-all/stop", { body: {} });
    await found.reload();
  };
  return { batch, running, accepted: batch ? new Set(batch.accepted) : NONE, stop, begin: found.reload, error: found.error };
}

const ENDED = {
  over: "",
  stopped: " You stopped it: the others still wait.",
  "broken off": " It was interrupted when the server stopped: the others still wait. Look, then accept them again.",
};

/** Above the list, where it is seen: progress while it runs, then the outcome with every failure, until it is dismissed. */
export function Progress({ batch: { batch, running, stop, error }, recordHref }) {
  if (error) return html`<${Problem} error=${error} />`;
  if (!batch) return null;
  const failed = batch.failed;
  const kind = failed.length || batch.state === "broken off" ? "bad" : running ? "" : "ok";
  return html`<section class="notice ${kind} batch" role="region" aria-label="Accept all">
    <div class="row" role="status">${running
      ? html`<progress max=${batch.total} value=${batch.done} aria-label="Accepted"></progress> <span>Accepting: ${count(batch.done)} of ${count(batch.total)} done. It goes on when you close this page.</span>`
      : html`<span><strong>${plural(batch.accepted.length, "record was", "records were")} accepted</strong> of ${count(batch.total)}${failed.length ? `, ${count(failed.length)} could not be` : ""}.${ENDED[batch.state]}</span>`}
      <span class="space"></span><button onClick=${stop}>${running ? "Stop" : "Dismiss"}</button></div>
    ${failed.length > 0 && html`<ul class="list tall">${failed.map((row) => html`
      <li key=${`${row.object_name}/${row.record_id}`}><a href=${recordHref(row)}>${row.title}</a>: ${row.why}</li>`)}</ul>`}
  </section>`;
}
