// The overview: whether everything is connected, and how each object stands.
import { useState } from "./vendor/preact-hooks.js";
import { ago, api, count, html, link, moment, useData, words } from "./lib.js";
import { Badge, Dialog, Icon, Problem, Table, Time } from "./parts.js";

const SCHEDULES = { never: "On demand", daily: "Daily", "4h": "Every 4 h", "2h": "Every 2 h", hourly: "Hourly" };
const STATES = {
  published: ["ok", "ok", "Up to date"], unchanged: ["ok", "ok", "Up to date"], superseded: ["ok", "ok", "Up to date"],
  stopped: ["bad", "bad", "Stopped"], failed: ["bad", "bad", "Failed"],
};
const KNOWN = { check: "checked", sync: "last sync", export: "last export", now: "checked", never: "" };

export function Overview({ me, company }) {
  const [busy, setBusy] = useState(null);
  const [asking, setAsking] = useState(null);
  const [problem, setProblem] = useState(null);
  const [opened, setOpened] = useState(null);
  const [active, setActive] = useState(false);
  const [noticed, setNoticed] = useState(false);
  const found = useData("overview", { company }, { every: active ? 3 : 20 });
  const objects = found.data?.objects ?? [];
  const running = objects.some((object) => object.running) || busy !== null || found.data?.checking;
  if (running !== active) setActive(running);

  const check = async (resume) => {
    setProblem(null);
    try {
      await api("check-connections", { body: { resume: Boolean(resume) } });
      await found.reload();
    } catch (error) {
      if (error.status === 409 && !resume && error.message.includes("paused")) await check(true);
      else setProblem(error);
    }
  };
  const refresh = async (object, resume) => {
    if (object.paused && !resume) { setAsking(object); return; }
    setBusy(object.name);
    setProblem(null);
    try {
      await api("refresh", { body: { object: object.name, companies: company ? [company] : [], resume: Boolean(resume) } });
      await found.reload();
    } catch (error) {
      setProblem(error);
    }
    setBusy(null);
  };
  if (!found.data) return html`<${Problem} error=${found.error} retry=${found.reload} />${!found.error && html`<p class="loading">Loading…</p>`}`;
  const columns = [
    { title: "Object", kind: "wide", cell: (o) => html`<${Icon} name="open" /> <strong>${o.title}</strong>` },
    { title: "Status", cell: (o) => html`<${Status} object=${o} />` },
    { title: "Schedule", cell: (o) => SCHEDULES[o.schedule] },
    { title: "Last sync", cell: (o) => html`<${Time} at=${o.last_sync}>${ago(o.last_sync)}</>` },
    { title: "Data as of", help: "When Spectrum was last read as a whole", cell: (o) => html`
      <${Time} at=${o.read_at}><span class=${o.late ? "warntext" : ""}>${ago(o.read_at)}</span></>` },
    { title: "Next sync", cell: (o) => o.paused ? html`<span class="faint" title="The DAG is paused in Airflow">Paused</span>`
      : o.schedule === "never" ? html`<span class="faint">–</span>` : html`<${Time} at=${o.next_sync}>${ago(o.next_sync)}</>` },
    { title: "Rows", kind: "num", cell: (o) => count(o.staged_rows) },
    { title: "New", kind: "num", help: "In the last sync", cell: (o) => change(o.new_rows) },
    { title: "Changed", kind: "num", help: "In the last sync", cell: (o) => change(o.changed_rows) },
    { title: "Deleted", kind: "num", help: "In the last sync", cell: (o) => change(o.deleted_rows) },
    { title: "Rejected", kind: "num", cell: (o) => o.rejected_rows
      ? html`<a class="warntext" href=${link("import/rejected", { object: o.name })}>${count(o.rejected_rows)}</a>` : html`<span class="faint">0</span>` },
    { title: "Checks", cell: (o) => html`<${Checks} object=${o} />` },
    { title: html`<span class="hidden">Refresh</span>`, kind: "tight", cell: (o) => html`
      <button disabled=${!o.may_refresh || o.running || busy === o.name} aria-label="Refresh ${o.title}"
              title=${o.may_refresh ? "Sync now" : "Your Airflow role may not start this DAG"} onClick=${() => refresh(o)}>
        <${Icon} name=${o.running || busy === o.name ? "run" : "refresh"} spin=${o.running || busy === o.name} />
        ${o.running ? (o.running.state === "queued" ? "Queued" : "Running") : "Refresh"}</button>` },
  ];
  const chosen = objects.find((object) => object.name === opened);
  return html`
    <section aria-labelledby="connections-title">
      <div class="title"><h2 id="connections-title">Connections</h2>
        <button disabled=${found.data.checking || !found.data.may_check} onClick=${() => check()}>
          <${Icon} name=${found.data.checking ? "run" : "refresh"} spin=${found.data.checking} /> ${found.data.checking ? "Checking" : "Check now"}</button></div>
      <ul class="cards">${found.data.connections.map((c) => html`
        <${Connection} connection=${c} companies=${me.companies} onOpen=${() => setNoticed(true)} />`)}</ul></section>
    <section aria-labelledby="objects-title"><h2 id="objects-title">From Spectrum</h2>
      <${Problem} error=${problem ?? found.error} />
      <${Table} columns=${columns} rows=${objects} label="Importable objects" keyOf=${(o) => o.name} chosen=${opened}
                onOpen=${(o) => setOpened(opened === o.name ? null : o.name)} />
      ${chosen && html`<${Details} object=${chosen} />`}</section>
    ${noticed && html`<${Noticed} company=${company} onClose=${() => setNoticed(false)} />`}
    ${asking && html`<${Dialog} title="Resume ${asking.title}?" onClose=${() => setAsking(null)}>
      <p>The DAG of this object is paused in Airflow, so nothing would run. Resume it and sync now? From then on it also
        follows its schedule: ${SCHEDULES[asking.schedule].toLowerCase()}.</p>
      <div class="actions"><button onClick=${() => setAsking(null)}>Cancel</button>
        <button class="main" onClick=${() => { const object = asking; setAsking(null); refresh(object, true); }}>Resume and sync</button></div>
    </>`}`;
}

const change = (value) => (value ? count(value) : html`<span class="faint">0</span>`);

function Status({ object }) {
  if (object.running) return html`<${Badge} kind="info" icon="run">${object.running.state === "queued" ? "Queued" : "Syncing"}</>`;
  if (!object.state) return html`<${Badge} icon="none">Never synced</>`;
  const [kind, icon, text] = STATES[object.state] ?? ["plain", "none", words(object.state)];
  if (kind === "ok" && object.late) return html`<${Badge} kind="warn" icon="wait" title="Last read ${moment(object.read_at)}">Late</>`;
  return html`<${Badge} kind=${kind} icon=${icon}>${text}</>`;
}

function Checks({ object }) {
  const total = object.checks_passed + object.checks_warned + object.checks_failed;
  if (!total) return html`<span class="faint">–</span>`;
  const bad = object.checks_warned + object.checks_failed;
  if (!bad) return html`<span>${count(total)} passed</span>`;
  return html`<a class=${object.checks_failed ? "badtext" : "warntext"} href=${link("import/checks", { object: object.name })}>
    ${count(bad)} of ${count(total)} not met</a>`;
}

function Connection({ connection: c, companies, onOpen }) {
  const kind = c.connected === null ? "plain" : c.connected ? "ok" : "bad";
  const text = c.connected === null ? "Not known" : c.connected ? "Connected" : "Not connected";
  const icon = { ok: "ok", bad: "bad", plain: "none" }[kind];
  return html`<li class="card ${kind}">
    <div><strong>${c.title}</strong>${c.company_code && companies.length > 1 && html`<span class="faint"> company ${c.company_code}</span>`}</div>
    <${Badge} kind=${kind} icon=${icon}>${text}</>
    ${c.reason && html`<p class="reason">${c.reason}${c.remedy && html`<br /><strong>What to do:</strong> ${c.remedy}`}</p>`}
    ${(c.services_off > 0 || c.differences > 0) && html`<p><button class="link" onClick=${onOpen}>
      ${[c.services_off && `${count(c.services_off)} services cannot be used`, c.differences && `${count(c.differences)} differences`].filter(Boolean).join(", ")}</button></p>`}
    ${c.checked_at && html`<p class="faint">${words(KNOWN[c.known_from])} <${Time} at=${c.checked_at}>${ago(c.checked_at)}</></p>`}
  </li>`;
}

/** What the last check noticed beside whether a system answers. */
function Noticed({ company, onClose }) {
  const found = useData("connections", { company });
  return html`<${Dialog} title="What the last check noticed" onClose=${onClose} wide>
    <${Problem} error=${found.error} />
    ${found.data?.services.length > 0 && html`<h3>Web services</h3>
      <${Table} label="Web services" rows=${found.data.services} keyOf=${(s) => s.company_code + s.service} columns=${[
        { title: "Service", cell: (s) => html`<code>${s.service}</code>` },
        { title: "Status", cell: (s) => html`<${Badge} kind=${s.needed ? "bad" : "plain"}>${s.status}</>` },
        { title: "Used by", cell: (s) => s.used_by || "–" },
        { title: "Why, and what to do", kind: "wide", cell: (s) => `${s.reason} ${s.remedy}` },
      ]} />`}
    ${found.data?.findings.length > 0 && html`<h3>Differences from what is known</h3>
      <${Table} label="Differences" rows=${found.data.findings} keyOf=${(f) => f.subject + f.item + f.difference} columns=${[
        { title: "Where", cell: (f) => html`<code>${f.subject}${f.item && `.${f.item}`}</code>` },
        { title: "Difference", cell: (f) => html`<${Badge} kind=${f.stops ? "bad" : "plain"}>${words(f.difference)}</>` },
        { title: "What differs", kind: "wide", cell: (f) => f.detail },
        { title: "Affects", kind: "wide", cell: (f) => f.affects },
      ]} />`}
  </>`;
}

function Details({ object }) {
  return html`<div class="details">
    ${object.message && html`<div class="notice bad">${object.message}</div>`}
    <h3>${object.title}, table by table</h3>
    <${Table} label="Tables of ${object.title}" rows=${object.tables} keyOf=${(t) => `${t.table_name} ${t.company_code}`} columns=${[
      { title: "Table", kind: "wide", cell: (t) => html`<code>spectrum.${t.table_name}</code>` },
      { title: "Company", cell: (t) => t.company_code },
      { title: "Last result", cell: (t) => t.state ? words(t.state) : "Never synced" },
      { title: "Fresh as of", cell: (t) => html`<${Time} at=${t.read_at}>${moment(t.read_at)}</>` },
      { title: "Rows", kind: "num", cell: (t) => count(t.staged_rows) },
      { title: "New", kind: "num", cell: (t) => count(t.new_rows) },
      { title: "Changed", kind: "num", cell: (t) => count(t.changed_rows) },
      { title: "Deleted", kind: "num", cell: (t) => count(t.deleted_rows) },
      { title: "Rejected", kind: "num", cell: (t) => count(t.rejected_rows) },
      { title: "Took", kind: "num", cell: (t) => (t.seconds === null ? "–" : `${t.seconds} s`) },
    ]} /></div>`;
}
