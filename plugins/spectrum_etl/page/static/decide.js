// Decisions on rows of a plan: ticked ones together, or one by itself. The server takes those that are still as shown.
import { useEffect, useRef, useState } from "./vendor/preact-hooks.js";
import { api, count, html, plural } from "./lib.js";
import { Icon, Problem } from "./parts.js";

/** What can be decided in each list: the verb, and what its button says. */
export const DECIDED = {
  decide: [["accept", "Accept"], ["leave out", "Leave out"], ["keep", "Do not undo"]],
  accepted: [["take back", "Take back"]],
  "left-out": [["include", "Include again"]],
};
const SAID = { accept: "accepted", "leave out": "left out", "take back": "taken back", include: "included again", keep: "kept as they are" };
const mayTick = (row) => !["applying", "unknown", "waiting for permission"].includes(row.state);
/** What takes a look of its own is ticked by itself, never with all others. */
const withAll = (row) => mayTick(row) && row.state !== "suggested";

/** What is ticked in a list, whatever page it is on, and what became of the last decision. */
export function useDecisions(group, reload) {
  const [ticked, setTicked] = useState(new Map());
  const [state, setState] = useState({});
  const none = () => setTicked(new Map());
  useEffect(() => { none(); setState({}); }, [group]);
  const tick = (rows, on) => setTicked((old) => {
    const now = new Map(old);
    for (const row of rows) on ? now.set(row.row_id, row) : now.delete(row.row_id);
    return now;
  });
  /** Ask the server for decisions, and tell what was refused by the rows' names. */
  const ask = async (verb, work) => {
    setState({ busy: true });
    let outcome;
    try {
      const found = await work();
      outcome = { said: `${plural(found.decided, "row was", "rows were")} ${SAID[verb]}.`, refused: found.refused, at: Date.now() };
      none();
    } catch (error) {
      outcome = { error };
    }
    await reload();
    setState(outcome);
  };
  const send = async (rows, verb, record) => {
    const plans = new Map();
    for (const row of rows) {
      const key = `${row.object_name}/${row.company_code}`;
      plans.set(key, [...(plans.get(key) ?? []), row]);
    }
    const total = { decided: 0, refused: [] };
    for (const of of plans.values()) {
      const body = { object: of[0].object_name, company: of[0].company_code, rows: of.map((row) => ({ row: row.row_id, hash: row.row_hash, verb, record })) };
      const found = await api("into-procore/decide", { body });
      total.decided += found.decided;
      total.refused.push(...of.filter((row) => found.refused[row.row_id]).map((row) => ({ row, why: found.refused[row.row_id] })));
    }
    return total;
  };
  const exactNames = (plans) => ask("accept", async () => {
    let decided = 0;
    for (const plan of plans) decided += (await api("into-procore/link-exact-names", { body: { object: plan.object_name, company: plan.company_code } })).decided;
    return { decided, refused: [] };
  });
  // Not components: one that is made anew at every turn would lose the focus.
  const tickOf = (row) => html`<input type="checkbox" aria-label=${`${row.title} ${row.spectrum_key}`} checked=${ticked.has(row.row_id)}
    disabled=${!mayTick(row)} onChange=${(event) => tick([row], event.target.checked)} />`;
  const tickAll = (rows) => {
    const those = rows.filter(withAll);
    return html`<input type="checkbox" aria-label="All of this page that need no look of their own" disabled=${!those.length}
      checked=${those.length > 0 && those.every((row) => ticked.has(row.row_id))} onChange=${(event) => tick(those, event.target.checked)} />`;
  };
  return {
    ...state, ticked, none, tickOf, tickAll, exactNames,
    all: (verb) => ask(verb, () => send([...ticked.values()], verb)),
    one: (row, verb, record) => ask(verb, () => send([row], verb, record)),
  };
}

/** Above the list: what to do with what is ticked, and what became of it. */
export function Bar({ decisions, group, exact, undo, plans }) {
  const { ticked, busy, said, error } = decisions;
  const outcome = useRef(null);
  // A row that is decided goes, and takes the focus with it where that was inside: what became of it has it then.
  useEffect(() => { if (said && document.activeElement === document.body) outcome.current?.focus(); }, [decisions.at]);
  // Not disabled: a button that is would lose the focus.
  const idle = busy || !ticked.size;
  return html`
    <div class="bar" role="group" aria-label="Decide">
      ${DECIDED[group].filter(([verb]) => verb !== "keep" || undo > 0).map(([verb, title], place) => html`<button key=${verb} class=${place ? "" : "main"} aria-disabled=${idle ? "true" : undefined}
        onClick=${() => { if (!idle) decisions.all(verb); }}>
        ${title} ${ticked.size > 0 && count(ticked.size)}</button>`)}
      ${ticked.size > 0 && html`<button class="link" onClick=${decisions.none}>Untick all</button>`}
      <span class="space"></span>
      ${group === "decide" && exact > 0 && html`<button aria-disabled=${busy ? "true" : undefined} onClick=${() => { if (!busy) decisions.exactNames(plans); }}><${Icon} name="ok" /> Link all ${count(exact)} exact names</button>`}
    </div>
    <${Problem} error=${error} />
    ${said && html`<div ref=${outcome} tabindex="-1" class="notice ${decisions.refused.length ? "bad" : "ok"}" role="status">${said}
      ${decisions.refused.length > 0 && html`<ul class="list">${decisions.refused.map(({ row, why }) => html`<li key=${row.row_id}>${row.title} ${row.spectrum_key}: ${why}</li>`)}</ul>`}</div>`}`;
}
