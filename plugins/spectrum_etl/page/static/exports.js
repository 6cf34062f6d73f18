// Procore to Spectrum: what is ready, what waits for an approver, what failed and why, what is done.
import { useState } from "./vendor/preact-hooks.js";
import { ago, api, count, html, link, useData, useList, useSettled, words } from "./lib.js";
import { Badge, Choice, Dialog, Empty, Icon, Listed, Problem, Search, Table, Tabs, Time } from "./parts.js";
import { Record } from "./record.js";
import { AcceptAll } from "./acceptall.js";

const GROUPS = {
  ready: ["Ready to Export", "Meets every rule. The next export run asks an approver about each."],
  waiting: ["Waiting for approval", "An accounting approver decides about each. Nothing is sent before."],
  sending: ["Being sent", "Accepted, on its way to Spectrum. Nothing to do."],
  failed: ["Failed to Export", "What stands in the way, and what to do. Correct it, then look at Procore again."],
  synced: ["Synced", "In Spectrum, read back and linked."],
  rejected: ["Rejected", "Rejected or taken out by an approver. Collected again only when its export is started for it by name."],
};
const STATES = {
  ready: ["info", "Ready"], queued: ["info", "Ready, next run"], waiting: ["warn", "Waiting"], sending: ["info", "Sending"],
  unknown: ["warn", "Answer lost, being looked up"], sent: ["info", "Sent"], confirmed: ["info", "Confirmed"],
  linked: ["ok", "Synced"], failed: ["bad", "Failed"], not_ready: ["bad", "Not ready"], rejected: ["plain", "Rejected"],
  retrieved: ["plain", "Taken out"],
};
export const keyOf = (row) => row.record_key ?? `${row.object_name}/${row.company_code}/${row.project_id}/${row.record_id}`;

export function Exports({ me, company, path, query }) {
  const group = path[0] in GROUPS ? path[0] : "ready";
  const { object, project } = query;
  const [opened, setOpened] = useState(null);
  const [all, setAll] = useState(false);
  const [answered, setAnswered] = useState({});
  const [text, setText] = useState("");
  const search = useSettled(text);
  const counts = useData("export/counts", { company, object, project }, { every: 10 });
  const list = useList("export/queue", { group, company, object, project, search });
  const go = (changed) => { location.hash = link(`export/${group}`, { object, project, ...changed }); };
  const again = () => { counts.reload(); list.reload(); };
  const tabs = Object.entries(GROUPS).map(([key, [title]]) => ({
    key, title, href: link(`export/${key}`, { object, project }), count: counts.data?.groups[key],
    kind: { failed: "bad", waiting: "warn" }[key],
  }));
  const columns = [
    { title: "Record", kind: "wide", cell: (r) => html`<strong>${r.title}</strong><${Why} row=${r} />` },
    { title: "Object", cell: (r) => words(r.object_name) },
    { title: "Company", cell: (r) => r.company_code },
    { title: "State", cell: (r) => answered[keyOf(r)] && r.state === "waiting"
      ? html`<${Badge} kind="info" icon="run">Answered</>` : html`<${Badge} kind=${STATES[r.state][0]}>${STATES[r.state][1]}</>` },
    group === "synced" && { title: "In Spectrum", cell: (r) => html`<code>${r.spectrum_key ?? "–"}</code>` },
    (group === "synced" || group === "rejected") && { title: "Answered by", cell: (r) => r.answered_by_name ?? "–" },
    { title: "Since", cell: (r) => html`<${Time} at=${r.changed_at}>${ago(r.changed_at)}</>` },
    group === "waiting" && { title: html`<span class="hidden">Review</span>`, kind: "tight", cell: (r) => html`
      <button onClick=${() => setOpened(r)}>${me.approver ? "Review" : "Look"}</button>` },
  ].filter(Boolean);
  return html`
    <div class="bar"><${Tabs} tabs=${tabs} chosen=${group} label="Export lists" /></div>
    <div class="bar">
      <${Choice} label="Object" value=${object} all="All objects" onChange=${(value) => go({ object: value })}
        options=${me.exports.map((o) => [o.name, o.title])} />
      <${Choice} label="Project" value=${project} all="All projects" onChange=${(value) => go({ project: value })}
        options=${(counts.data?.projects ?? []).map((p) => [p.project_id, p.title ?? `Project ${p.project_id}`])} />
      <${Search} value=${text} onInput=${setText} label="Search records" />
      <span class="space"></span>
      ${group === "waiting" && me.approver && counts.data?.groups.waiting > 0 && html`
        <button class="main" onClick=${() => setAll(true)}><${Icon} name="ok" /> Accept all that need no input</button>`}
      <${Collect} me=${me} object=${object} company=${company} allowed=${counts.data?.may_collect ?? []} onDone=${again} />
    </div>
    <p class="lead">${GROUPS[group][1]}</p>
    <${Problem} error=${counts.error} />
    <${Listed} list=${list} what="records" empty=${html`<${Empty} title=${search || object || project ? "Nothing matches" : "Nothing here"} />`}>
      <${Table} label=${GROUPS[group][0]} columns=${columns} rows=${list.rows} keyOf=${keyOf} onOpen=${setOpened} /></>
    ${opened && html`<${Record} row=${opened} me=${me} onClose=${() => { setOpened(null); again(); }}
      onAnswered=${(row) => { setAnswered({ ...answered, [keyOf(row)]: true }); setOpened(null); again(); }} />`}
    ${all && html`<${AcceptAll} filters=${{ object, project, company }} onClose=${() => { setAll(false); again(); }}
      onAnswered=${(row) => setAnswered((old) => ({ ...old, [keyOf(row)]: true }))} />`}`;
}

/** Why a record is where it is: rules that it breaks in red, with what to do about each. */
function Why({ row }) {
  if (row.broken?.length) {
    return html`<ul class="why">${row.broken.map((rule) => html`
      <li><span class="badtext">${rule.message}.</span> ${rule.fix && html`<strong>What to do:</strong> ${rule.fix}.`}</li>`)}</ul>`;
  }
  if (!row.reason) return null;
  return html`<p class="why ${row.state === "failed" ? "badtext" : "faint"}">${row.reason}</p>`;
}

/** Starts the export run of one object: it collects and asks, and sends nothing by itself. */
function Collect({ me, object, company, allowed, onDone }) {
  const [open, setOpen] = useState(false);
  const [state, setState] = useState({});
  const [chosen, setChosen] = useState(object);
  if (!allowed.length) return null;
  const start = async (name, resume) => {
    setState({ busy: true });
    try {
      await api("export/collect", { body: { object: name, companies: company ? [company] : [], resume } });
      setState({ done: true });
      onDone();
    } catch (error) {
      setState({ error, paused: error.status === 409 && error.message.includes("paused") });
    }
  };
  const options = me.exports.filter((o) => allowed.includes(o.name)).map((o) => [o.name, o.title]);
  const name = chosen ?? options[0]?.[0];
  return html`
    <button onClick=${() => { setState({}); setChosen(object); setOpen(true); }}><${Icon} name="refresh" /> Look at Procore now</button>
    ${open && html`<${Dialog} title="Look at Procore now" onClose=${() => setOpen(false)}>
      <p>Collects the approved records of one object, checks every rule, and asks the approvers about those that are
        ready. Nothing is sent to Spectrum before an approver accepts.</p>
      <${Choice} label="Object" value=${name} onChange=${setChosen} options=${options} />
      <${Problem} error=${state.error} />
      ${state.done && html`<div class="notice ok" role="status">Started. The lists fill as the run goes on.</div>`}
      <div class="actions"><button onClick=${() => setOpen(false)}>Close</button>
        ${!state.done && html`<button class="main" disabled=${state.busy} onClick=${() => start(name, Boolean(state.paused))}>
          ${state.paused ? "Resume the DAG and start" : "Start"}</button>`}</div></>`}`;
}
