// Whether Spectrum, Procore and the warehouse are connected, and what the last check noticed. Part of the overview.
import { useState } from "./vendor/preact-hooks.js";
import { address, ago, count, html, plural, useData, words } from "./lib.js";
import { Badge, Dialog, Problem, Table, Time } from "./parts.js";
import { RunButton } from "./runs.js";

const KNOWN = { check: "checked", sync: "last sync", export: "last export", now: "checked", never: "" };
const BROKEN = ["Not enabled", "Missing", "Not checked"];
const STATUSES = {
  Enabled: "It answered.", Declared: "The server has it. A service that writes is not called just to try it: the first export shows whether it is enabled.",
};

export function Connections({ found, company, companies, starter }) {
  const [noticed, setNoticed] = useState(false);
  const check = () => starter.start({
    key: "check", path: "check-connections", body: {}, title: "the check of connections", paused: found.data.check_paused,
    then: "From then on it also runs by its own schedule.",
  });
  return html`<section aria-labelledby="connections-title">
    <div class="title"><h2 id="connections-title">Connections</h2>
      <${RunButton} running=${found.data.checking ? {} : null} busy=${starter.busy === "check"} allowed=${found.data.may_check} at="Checking"
        label="Check now" text="Check now" onClick=${check} /></div>
    <ul class="cards">${found.data.connections.map((c) => html`
      <${Connection} connection=${c} companies=${companies} load=${found.data.load} onOpen=${() => setNoticed(true)} />`)}</ul>
    ${noticed && html`<${Noticed} company=${company} onClose=${() => setNoticed(false)} />`}</section>`;
}

/** What is asked of Spectrum at most, as the settings say. */
function loadOf(kind, load) {
  if (!["Info-Link", "web services"].includes(kind)) return null;
  const at = load.queries_at_a_time;
  const hours = load.quiet_hours.length > 0 && `Quiet hours ${load.quiet_hours.join(", ")} (${load.timezone})`;
  return [kind === "Info-Link" && (at === 1 ? "One query at a time on this server" : `${at} queries at a time on this server`), hours].filter(Boolean).join(". ");
}

function Connection({ connection: c, companies, load, onOpen }) {
  const kind = c.connected === null ? "plain" : !c.connected || c.stopping > 0 ? "bad" : c.kind === "Procore" && c.differences > 0 ? "warn" : "ok";
  const text = c.connected === null ? "Not known" : c.connected ? "Connected" : "Not connected";
  const icon = { ok: "ok", warn: "warn", bad: "bad", plain: "none" }[kind];
  const counted = [
    c.services_off > 0 && `${count(c.services_off)} of ${plural(c.services, "service")} cannot be used`,
    c.kind !== "Procore" && c.differences > 0 && plural(c.differences, "difference"),
    c.services > 0 && !c.services_off && `all ${plural(c.services, "service")}`,
    c.columns > 0 && `${plural(c.columns, "column")} compared`,
    c.facts > 0 && (c.kind === "Procore" ? "ids, rights and visibility" : "indexes and tracked changes"),
  ].filter(Boolean).join(", ");
  return html`<li class="card ${kind}">
    <div><strong>${c.title}</strong>${c.company_code && companies.length > 1 && html`<span class="faint"> company ${c.company_code}</span>`}</div>
    <${Badge} kind=${kind} icon=${icon}>${text}</>
    ${c.kind === "Procore" && c.differences > 0 && html`<p><button class="link" onClick=${onOpen}>${plural(c.differences, "thing")} to do${c.stopping > 0 && `, ${count(c.stopping)} of them stop${c.stopping === 1 ? "s" : ""} what is in use`}</button></p>`}
    ${c.cause && html`<p class="reason cause">${text}: ${c.cause}.</p>`}
    ${c.reason && html`<p class="reason">${c.reason}</p>`}
    ${c.remedy && html`<p><strong>What to do:</strong> ${c.remedy}</p>`}
    ${counted && html`<p><button class="link" onClick=${onOpen}>${words(counted)}</button></p>`}
    ${loadOf(c.kind, load) && html`<p class="faint">${loadOf(c.kind, load)}</p>`}
    ${c.conn_id && html`<p><a href=${address("../connections", { connection_id_pattern: c.conn_id })} target="_top">Connection <code>${c.conn_id}</code> in Airflow</a></p>`}
    ${c.checked_at && html`<p class="faint">${words(KNOWN[c.known_from])} <${Time} at=${c.checked_at}>${ago(c.checked_at)}</></p>`}
  </li>`;
}

/** A staged table, or the DAG of an export, as people call it. */
const user = (name) => (name.startsWith("export_") ? `${words(name.replace("export_", ""))} export` : words(name));

/** Every web service with its status, and what the last check noticed beside whether a system answers. */
function Noticed({ company, onClose }) {
  const found = useData("connections", { company });
  const broken = (s) => BROKEN.includes(s.status);
  const facts = (kind) => found.data?.facts.filter((f) => f.kind === kind) ?? [];
  const inProcore = found.data?.findings.filter((f) => f.kind === "Procore") ?? [];
  const differences = found.data?.findings.filter((f) => f.kind !== "Procore") ?? [];
  return html`<${Dialog} title="What the last check noticed" onClose=${onClose} wide>
    <${Problem} error=${found.error} />
    ${inProcore.length > 0 && html`<h3>To do in Procore</h3>
      <${Table} label="To do in Procore" rows=${inProcore} keyOf=${(f) => f.company_code + f.subject + f.item + f.difference} columns=${[
        { title: "Company", cell: (f) => f.company_code },
        { title: "Of", cell: (f) => html`${words(f.subject)}<br /><span class="faint">${words(f.item)}</span>` },
        { title: "Kind", cell: (f) => html`<${Badge} kind=${f.stops ? "bad" : "warn"}>${words(f.difference)}</>` },
        { title: "What there is", kind: "wide", cell: (f) => f.detail },
        { title: "Affects", kind: "wide", cell: (f) => f.affects },
        { title: "What to do", kind: "wide", cell: (f) => f.remedy },
      ]} />`}
    ${differences.length > 0 && html`<h3>Differences from what is known</h3>
      <${Table} label="Differences" rows=${differences} keyOf=${(f) => f.subject + f.item + f.difference} columns=${[
        { title: "Where", cell: (f) => html`<code>${f.subject}${f.item && `.${f.item}`}</code>` },
        { title: "Difference", cell: (f) => html`<${Badge} kind=${f.stops ? "bad" : "plain"}>${words(f.difference)}</>` },
        { title: "What differs", kind: "wide", cell: (f) => html`${f.detail}${f.closest && (f.paste ? html`<p>Closest match here: <code>${f.closest}</code>. If that is the one, add to <code>include/settings.yaml</code>:</p><pre>${f.paste}</pre>`
          : html`<p>Several names here match equally well: <code>${f.closest}</code>. Put the right one into <code>infolink.names</code>.</p>`)}` },
        { title: "Affects", kind: "wide", cell: (f) => f.affects },
      ]} />`}
    ${found.data?.columns.length > 0 && html`<h3>Columns of Info-Link</h3>
      <${Table} label="Columns of Info-Link" rows=${found.data.columns} keyOf=${(c) => c.company_code + c.state} columns=${[
        { title: "Company", cell: (c) => c.company_code },
        { title: "State", cell: (c) => words(c.state) },
        { title: "Columns", kind: "num", cell: (c) => count(c.columns) },
      ]} />
      <p class="faint">Each of them is a row of <code>sync.connection_columns</code>, and stands in the log of the check and in the file that <code>python -m spectrum_etl.describe_site</code> writes.</p>`}
    ${found.data?.services.length > 0 && html`<h3>Web services</h3>
      <${Table} label="Web services" rows=${found.data.services} keyOf=${(s) => s.company_code + s.service} columns=${[
        { title: "Service", cell: (s) => html`<code>${s.service}</code>` },
        { title: "Status", cell: (s) => html`<${Badge} kind=${broken(s) ? (s.needed ? "bad" : "warn") : s.status === "Enabled" ? "ok" : "plain"}>${s.status}</>` },
        { title: "Used by", kind: "wide", cell: (s) => html`${s.used_by ? s.used_by.split(", ").map(user).join(", ") : "–"}${!s.needed && html` <span class="faint">(not by the settings as they are)</span>`}` },
        { title: "What it means, and what to do", kind: "wide", cell: (s) => s.why ?? STATUSES[s.status] ?? "–" },
      ]} />`}
    ${facts("Info-Link").length > 0 && html`<h3>Indexes and tracked changes of Info-Link's tables</h3>
      <${Table} label="Indexes and tracked changes" rows=${facts("Info-Link")} keyOf=${(f) => f.company_code + f.subject + f.item} columns=${[
        { title: "Table", cell: (f) => html`<code>${f.subject}</code>` },
        { title: "What", cell: (f) => words(f.item) },
        { title: "There is", kind: "wide", cell: (f) => f.fact },
      ]} />`}
    ${facts("Procore").length > 0 && html`<h3>Ids, rights and visibility in Procore</h3>
      <${Table} label="Ids, rights and visibility in Procore" rows=${facts("Procore")} keyOf=${(f) => f.company_code + f.subject + f.item} columns=${[
        { title: "Company", cell: (f) => f.company_code },
        { title: "Of", cell: (f) => words(f.subject) },
        { title: "What", cell: (f) => words(f.item) },
        { title: "There is", kind: "wide", cell: (f) => f.fact },
      ]} />`}
  </>`;
}
