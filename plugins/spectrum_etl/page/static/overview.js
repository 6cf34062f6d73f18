// The overview: whether everything is connected, how each object stands, and how new the marts are.
import { useEffect, useState } from "./vendor/preact-hooks.js";
import { age, ago, count, html, keepInAddress, link, moment, plural, useData, words } from "./lib.js";
import { Badge, Icon, Problem, Table, Time } from "./parts.js";
import { Connections } from "./connections.js";
import { Marts } from "./marts.js";
import { RunButton, useStarter } from "./runs.js";

const STATES = {
  published: ["ok", "ok", "Up to date"], unchanged: ["ok", "ok", "Up to date"], superseded: ["ok", "ok", "Up to date"],
  stopped: ["bad", "bad", "Stopped"], failed: ["bad", "bad", "Failed"],
};

export function Overview({ me, company, path }) {
  const [opened, setOpened] = useState(path[0] ?? null);
  useEffect(() => { if (path[0]) setOpened(path[0]); }, [path[0]]);
  const toggle = (name) => {
    setOpened(opened === name ? null : name);
    keepInAddress(opened === name ? "overview" : `overview/${name}`);
  };
  const [active, setActive] = useState(false);
  const found = useData("overview", { company }, { every: active ? 3 : 20 });
  const starter = useStarter(found.reload);
  const objects = found.data?.objects ?? [];
  const running = objects.some((object) => object.running) || starter.busy !== null || found.data?.checking || found.data?.marts?.running;
  if (Boolean(running) !== active) setActive(Boolean(running));
  if (!found.data) return html`<${Problem} error=${found.error} retry=${found.reload} />${!found.error && html`<p class="loading">Loading…</p>`}`;

  const refresh = (o) => starter.start({
    key: o.name, path: "refresh", body: { object: o.name, companies: company ? [company] : [] }, title: o.title, paused: o.paused,
    then: `From then on it also follows its schedule: ${o.often.toLowerCase()}.`,
  });
  const columns = [
    { title: "Object", kind: "wide", cell: (o) => html`<${Icon} name="open" /> <strong>${o.title}</strong>` },
    { title: "Status", cell: (o) => html`<${Status} object=${o} />` },
    { title: "Schedule", help: "How often it is synced, and when next", cell: (o) => html`<${Schedule} object=${o} />` },
    { title: "Last sync", help: "When the last sync ended, and how long ago Spectrum was last read as a whole", cell: (o) => html`
      <${Time} at=${o.last_sync}>${ago(o.last_sync)}</>${o.read_at && html`
      <span class="second ${o.late ? "warntext" : ""}" title="Spectrum was read as a whole ${moment(o.read_at)}">data ${age(o.read_at)}</span>`}` },
    { title: "Rows", kind: "num", cell: (o) => count(o.staged_rows) },
    { title: "New", kind: "num", help: "In the last sync", cell: (o) => number(o.new_rows) },
    { title: "Changed", kind: "num", help: "In the last sync", cell: (o) => number(o.changed_rows) },
    { title: "Deleted", kind: "num", help: "In the last sync", cell: (o) => number(o.deleted_rows) },
    { title: "Rejected", kind: "num", cell: (o) => o.rejected_rows
      ? html`<a class="warntext" href=${link("import/rejected", { object: o.name })}>${count(o.rejected_rows)}</a>` : number(o.rejected_rows) },
    { title: "Checks", help: "Of the last sync that came to its checks", cell: (o) => html`<${Checks} object=${o} />` },
    { title: html`<span class="hidden">Refresh</span>`, kind: "tight", cell: (o) => html`
      <${RunButton} running=${o.running} busy=${starter.busy === o.name} allowed=${o.may_refresh} label="Refresh ${o.title}" text="Refresh" onClick=${() => refresh(o)} />` },
  ];
  const below = (o) => (o.message || opened === o.name) && html`
    ${o.message && html`<div class="reason">${o.message}${o.remedy && html` <strong>What to do:</strong> ${o.remedy}`}</div>`}${opened === o.name && html`<${Details} object=${o} />`}`;
  return html`
    ${found.data.problems.map((problem) => html`<${Problem} error=${{ message: problem.detail, remedy: problem.remedy }} />`)}
    <${Problem} error=${starter.problem ?? found.error} />
    ${found.data.quiet_until && html`<p class="note" role="status"><${Icon} name="wait" /> Quiet hours until <${Time} at=${found.data.quiet_until}>${moment(found.data.quiet_until)}</>: syncs wait for their end before they read Spectrum.</p>`}
    <${Connections} found=${found} company=${company} companies=${me.companies} starter=${starter} />
    <section aria-labelledby="objects-title" class="objects"><h2 id="objects-title">From Spectrum</h2>
      <${Table} columns=${columns} rows=${objects} label="Importable objects" keyOf=${(o) => o.name} chosen=${opened}
                onOpen=${(o) => toggle(o.name)} detail=${below} /></section>
    ${found.data.marts && html`<section aria-labelledby="marts-title"><h2 id="marts-title">Computed from it</h2>
      <${Marts} marts=${found.data.marts} company=${company} reload=${found.reload} title="Job cost and the other marts" /></section>`}
    ${starter.question}`;
}

const runOf = (name, run) => `../dags/stage_${name}/runs/${encodeURIComponent(run)}`;

const number = (value) => (value ? count(value) : html`<span class="faint">${count(value)}</span>`);

function Status({ object }) {
  if (object.running) return html`<${Badge} kind="info" icon="run">${object.running.state === "queued" ? "Queued" : "Syncing"}</>`;
  if (!object.state) return html`<${Badge} icon="none">${object.known ? "Never synced" : "Not known"}</>`;
  const [kind, icon, text] = STATES[object.state] ?? ["plain", "none", words(object.state)];
  if (kind === "ok" && object.late) return html`<${Badge} kind="warn" icon="wait" title="Last read ${moment(object.read_at)}">Late</>`;
  return html`<${Badge} kind=${kind} icon=${icon} title=${object.message}>${text}</>`;
}

function Schedule({ object }) {
  const next = object.paused ? html`<span class="second warntext" title="The DAG is paused in Airflow: nothing runs automatically">paused</span>`
    : object.next_sync && html`<span class="second" title=${moment(object.next_sync)}>${new Date(object.next_sync) > new Date() ? `next ${ago(object.next_sync)}` : "due now"}</span>`;
  return html`${object.often}${next}`;
}

function Checks({ object }) {
  const total = object.checks_passed + object.checks_warned + object.checks_failed;
  const bad = object.checks_warned + object.checks_failed;
  const told = !total ? html`<span class="faint">–</span>` : !bad ? html`<span>${count(total)} passed</span>`
    : html`<a class=${object.checks_failed ? "badtext" : "warntext"} href=${link("import/checks", { object: object.name })}>
      ${count(bad)} of ${count(total)} not met</a>`;
  return html`${told}${object.changed_columns > 0 && html`<span class="second"><a href=${link("import/drift", { object: object.name })}>
    ${plural(object.changed_columns, "changed column")}</a></span>`}`;
}

function Details({ object }) {
  return html`<p class="elsewhere"><a href=${link("import/rejected", { object: object.name })}>Rejected rows</a> · In Airflow: <a href="../dags/stage_${object.name}" target="_top">the DAG</a></p>
    <h3>Table by table</h3>
    <${Table} label="Tables of ${object.title}" rows=${object.tables} keyOf=${(t) => `${t.table_name} ${t.company_code}`} columns=${[
      { title: "Table", kind: "wide", cell: (t) => html`<code>spectrum.${t.table_name}</code>` },
      { title: "Company", cell: (t) => t.company_code },
      { title: "Last result", cell: (t) => t.state ? words(t.state) : "Never synced" },
      { title: "Read as a whole", cell: (t) => html`<${Time} at=${t.read_at}>${moment(t.read_at)}</>` },
      { title: "Rows", kind: "num", cell: (t) => count(t.staged_rows) },
      { title: "New", kind: "num", cell: (t) => count(t.new_rows) },
      { title: "Changed", kind: "num", cell: (t) => count(t.changed_rows) },
      { title: "Deleted", kind: "num", cell: (t) => count(t.deleted_rows) },
      { title: "Rejected", kind: "num", cell: (t) => count(t.rejected_rows) },
      { title: "Run", cell: (t) => t.run_id ? html`<a href=${runOf(object.name, t.run_id)} target="_top" title=${t.run_id}>Log in Airflow</a>` : "–" },
      { title: "Took", kind: "num", cell: (t) => (t.seconds === null ? "–" : `${t.seconds} s`) },
    ]} />`;
}
