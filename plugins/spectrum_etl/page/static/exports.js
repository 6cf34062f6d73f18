// Procore to Spectrum: what is ready, what waits for an approver, what failed and why, what is done.
import { useEffect, useState } from "./vendor/preact-hooks.js";
import { ago, html, keepInAddress, link, moment, money, plural, useData, useList, useSettled, words } from "./lib.js";
import { Badge, Choice, Empty, Icon, Listed, Problem, Search, Table, Tabs, Time } from "./parts.js";
import { AcceptAll, Proposed } from "./acceptall.js";
import { Progress, useBatch } from "./batch.js";
import { Collect } from "./collect.js";
import { close, open, recordOf, recordPlace } from "./places.js";
import { Record } from "./record.js";
import { Synced } from "./synced.js";
import { sentence } from "./wording.js";

const GROUPS = {
  ready: ["Ready to Export", "Meets every rule. The next export run asks an approver about each."],
  waiting: ["Waiting for approval", "An accounting approver decides about each. Nothing is sent before."],
  sending: ["Being sent", "Accepted, on the way to Spectrum. One that stands still is marked red."],
  failed: ["Failed to Export", "What stands in the way, and what to do. Correct it, then look at Procore, or at the record, again."],
  synced: ["Synced", "In Spectrum, read back and linked."],
  rejected: ["Rejected", "Rejected or taken out by an approver. Open one to collect it again."],
};
const STATES = {
  ready: ["info", "Ready"], queued: ["info", "Ready, next run"], waiting: ["warn", "Waiting"], sending: ["info", "Sending"],
  unknown: ["warn", "Answer lost, being looked up"], sent: ["info", "Sent"], confirmed: ["info", "Confirmed"],
  linked: ["ok", "Synced"], failed: ["bad", "Failed"], not_ready: ["bad", "Not ready"], rejected: ["plain", "Rejected"],
  retrieved: ["plain", "Taken out"],
};
const groupOf = (record) => ({
  not_ready: "failed", linked: "synced", retrieved: "rejected", queued: "ready", unknown: "sending", sent: "sending", confirmed: "sending",
}[record?.state] ?? record?.state ?? "waiting");
/** A record, and the question that waits about it: one that is asked again is another question. */
const keyOf = (row) => `${row.object_name}/${row.company_code}/${row.project_id}/${row.record_id}`;
export const questionOf = (row) => [keyOf(row), row.asks_run_id, row.asks_task_id, row.asks_map_index].join("|");

/** What is so of records that stand still, and what to do. */
const STILL = {
  sending: (them) => `Nothing of Airflow works on ${them}, and nothing will by itself: open each, and go on with it.`,
  waiting: (them) => `Nobody can answer the question about ${them} any more: open each, and ask again.`,
};

export function Exports({ me, company, path, query }) {
  // A record's address names the list behind it; without one, that is the list which the record is in.
  const named = recordOf(path);
  const [found, setFound] = useState(null);
  const asked = named ? query.list ?? groupOf(found) : path[0];
  const group = asked in GROUPS ? asked : "ready";
  const { object, project } = query;
  const [all, setAll] = useState(false);
  const [answered, setAnswered] = useState({});
  const [text, setText] = useState(query.search ?? "");
  const [lively, setLively] = useState(false);
  const search = useSettled(text);
  const batch = useBatch(me.approver);
  const every = lively ? 3 : 10;
  const counts = useData("export/counts", { company, object, project }, { every });
  const list = useList(group === "synced" ? null : "export/queue", { group, company, object, project, search }, { every });
  const groups = counts.data?.groups;
  const kept = { object, project, search: text };
  const go = (changed) => { location.hash = link(`export/${group}`, { ...kept, ...changed }); };
  const typed = (value) => { setText(value); if (!named) keepInAddress(`export/${group}`, { ...kept, search: value }); };
  const look = (row) => open(recordPlace(row, { ...kept, list: group }));
  const leave = () => { close(link(`export/${group}`, kept)); again(); };
  const again = () => { counts.reload(); list.reload(); };
  const isAnswered = (row) => row.state === "waiting" && (answered[questionOf(row)] || batch.accepted.has(questionOf(row)));
  const still = counts.data?.still ?? { sending: 0, waiting: 0 };
  const changed = counts.data?.changed ?? 0;

  useEffect(() => { if (groups) list.reload(); }, [JSON.stringify(groups)]);
  // What was opened belongs to the list that it was opened from.
  useEffect(() => { setAll(false); }, [group, object, project, company]);
  const moving = Boolean(groups?.sending > still.sending) || batch.running || list.rows.some(isAnswered);
  if (moving && !lively) setLively(true);
  useEffect(() => {
    if (!lively || moving) return undefined;
    const timer = setTimeout(() => setLively(false), 60_000);
    return () => clearTimeout(timer);
  }, [lively, moving]);

  const answer = (row) => setAnswered((old) => ({ ...old, [questionOf(row)]: true }));
  /** On to the next record that still waits for an answer. */
  const next = (row) => {
    const place = list.rows.findIndex((each) => keyOf(each) === keyOf(row));
    const others = [...list.rows.slice(place + 1), ...list.rows.slice(0, Math.max(place, 0))];
    const key = keyOf(others.find((each) => !isAnswered(each)) ?? row);
    // Only when the dialog is gone: it gives the focus back to the row that it was opened from.
    const focus = (tries) => setTimeout(() => {
      if (tries && document.querySelector("dialog")) focus(tries - 1);
      else document.querySelector(`tr[data-key="${CSS.escape(key)}"]`)?.focus();
    }, 60);
    focus(30);
  };
  const tabs = Object.entries(GROUPS).map(([key, [title]]) => ({
    key, title, href: link(`export/${key}`, kept), count: groups?.[key],
    kind: { failed: "bad", waiting: still.waiting ? "bad" : "warn", sending: still.sending ? "bad" : undefined, synced: changed ? "bad" : undefined }[key],
  }));
  const columns = [
    { title: "Record", kind: "wide", cell: (r) => html`<strong>${r.title}</strong><${Why} row=${r} />` },
    { title: "Object", cell: (r) => words(r.object_name) },
    me.companies.length > 1 && { title: "Company", cell: (r) => r.company_code },
    { title: "State", cell: (r) => html`<${State} row=${r} answered=${isAnswered(r)} />` },
    group === "waiting" && { title: "Proposed", cell: (r) => html`<${Proposed} proposed=${r.proposed} />` },
    group === "waiting" && { title: "Amount", kind: "num", cell: (r) => (r.totals ?? []).map((total) => html`
      <div class="amount" title=${total.label}>${money(total.amount)}${r.totals.length > 1 && html`<span class="faint">${total.label}</span>`}</div>`) },
    group === "rejected" && { title: "Answered by", cell: (r) => r.answered_by_name ?? "–" },
    { title: "Since", cell: (r) => html`<${Time} at=${r.changed_at}>${ago(r.changed_at)}</>` },
    // The row itself opens by keyboard: no second stop for the same.
    group === "waiting" && { title: html`<span class="hidden">Review</span>`, kind: "tight", cell: (r) => html`
      <button tabindex="-1" onClick=${() => look(r)}>${me.approver ? "Review" : "Look"}</button>` },
  ].filter(Boolean);
  const narrowed = Boolean(search || object || project || company);
  return html`
    <div class="bar"><${Tabs} tabs=${tabs} chosen=${group} label="Export lists" /></div>
    <div class="bar">
      <${Choice} label="Object" value=${object} all="All objects" onChange=${(value) => go({ object: value })}
        options=${me.exports.map((o) => [o.name, o.title])} />
      <${Choice} label="Project" value=${project} all="All projects" onChange=${(value) => go({ project: value })}
        options=${(counts.data?.projects ?? []).map((p) => [p.project_id, p.title ?? `Project ${p.project_id}`])} />
      <${Search} value=${text} onInput=${typed} label="Search records" />
      <span class="space"></span>
      <${Collect} me=${me} object=${object} company=${company} allowed=${counts.data?.may_collect ?? []}
        onStarted=${() => { setLively(true); again(); }} />
    </div>
    <div class="bar"><span class="lead">${GROUPS[group][1]}</span><span class="space"></span>
      ${group === "waiting" && me.approver && list.rows.length > 0 && html`
        <button class="main" disabled=${search !== text} onClick=${() => setAll(true)}><${Icon} name="ok" /> Accept all that need no input</button>`}</div>
    <${Progress} batch=${batch} recordHref=${(row) => recordPlace(row, { list: "waiting" })} />
    ${still[group] > 0 && html`<div class="notice bad" role="alert"><strong>${plural(still[group], "record stands", "records stand")} still.</strong> ${STILL[group](still[group] === 1 ? "it" : "them")}</div>`}
    ${group === "synced" && changed > 0 && html`<div class="notice bad" role="alert"><strong>${plural(changed, "record was", "records were")} changed in Procore
      after the export.</strong> Spectrum holds what was exported: open each, it says what differs and what to do.</div>`}
    <${Problem} error=${counts.error} />
    ${group === "synced" ? html`<${Synced} filters=${{ object, project, company, search }} kept=${query} several=${me.companies.length > 1} keyOf=${keyOf} onOpen=${look}
      place=${(narrowed) => { if (!named) keepInAddress("export/synced", { ...kept, ...narrowed }); }} />` : html`
    <${Listed} list=${list} what="records" empty=${html`<${Empty} title=${search || object || project ? "Nothing matches" : "Nothing here"} />`}>
      <${Table} label=${GROUPS[group][0]} columns=${columns} rows=${list.rows} keyOf=${keyOf} onOpen=${look} /></>`}
    ${named && html`<${Record} key=${keyOf(named)} row=${named} me=${me} onClose=${leave} onFound=${setFound}
      onChanged=${() => { setLively(true); again(); }}
      onAnswered=${(row) => { answer(row); leave(); next(row); }} />`}
    ${all && html`<${AcceptAll} filters=${{ object, project, company, search }} narrowed=${narrowed} keyOf=${keyOf}
      onClose=${() => setAll(false)} onStarted=${(begun) => { setAll(false); batch.begin(begun); }} />`}`;
}

function State({ row, answered }) {
  if (answered) return html`<${Badge} kind="info" icon="run">Answered</>`;
  if (row.still) return html`<${Badge} kind="bad" icon="warn">Stands still</>`;
  if (row.state === "waiting" && row.reason) return html`<${Badge} kind="warn">Asked again</>`;
  const [kind, text] = STATES[row.state];
  return html`<${Badge} kind=${kind}>${text}</>`;
}

/** Why a record is where it is: in red what stands in the way, with what to do about it. */
function Why({ row }) {
  if (row.still) return html`<p class="why badtext">${row.still.why} Since ${moment(row.still.since)}.</p>`;
  if (row.broken?.length) {
    return html`<ul class="why">${row.broken.map((rule) => html`
      <li><span class="badtext">${sentence(rule.message, row.title)}</span> ${rule.fix && html`<strong>What to do:</strong> ${sentence(rule.fix, row.title)}`}</li>`)}</ul>`;
  }
  if (!row.reason) return null;
  const bad = ["failed", "waiting", "ready", "queued"].includes(row.state);
  return html`<p class="why ${bad ? "badtext" : "faint"}">${sentence(row.reason, row.title)}${row.remedy && html` <strong>What to do:</strong> ${sentence(row.remedy, row.title)}`}</p>`;
}
