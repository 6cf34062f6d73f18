// What went wrong on the way from Spectrum: rejected rows, checks that are not met, columns that changed.
import { useEffect, useState } from "./vendor/preact-hooks.js";
import { address, ago, count, day, html, keepInAddress, link, moment, money, useData, useList, useSettled, words } from "./lib.js";
import { close, open, placeOf } from "./places.js";
import { Badge, Choice, Dialog, Download, Empty, Listed, Problem, Search, Table, Tabs, Time } from "./parts.js";

const LISTS = { rejected: Rejected, checks: Checks, drift: Drift };
const SOURCES = { great_expectations: "Data check", guard: "Safety limit", reconciliation: "Reconciliation", verify_staging: "Daily comparison with Spectrum" };
const CHANGES = { missing: ["bad", "Missing"], new: ["info", "New"], type: ["warn", "Other type"] };

export function Imports({ me, company, path, query }) {
  const name = path[0] in LISTS ? path[0] : "rejected";
  const object = query.object;
  const counts = useData("import/counts", { company, object }, { every: 60 }).data;
  const tabs = [
    { key: "rejected", title: "Rejected rows", count: counts?.rejected.reduce((sum, row) => sum + row.rejected, 0), kind: "warn" },
    { key: "checks", title: "Checks not met", count: counts?.checks, kind: "warn" },
    { key: "drift", title: "Changed columns", count: counts?.drift },
  ].map((tab) => ({ ...tab, href: link(`import/${tab.key}`, { object }) }));
  const List = LISTS[name];
  return html`
    <div class="bar"><${Tabs} tabs=${tabs} chosen=${name} label="Lists from Spectrum" />
      <${Choice} label="Object" value=${object} all="All objects" options=${me.imports.map((o) => [o.name, o.title])}
        onChange=${(value) => { location.hash = link(`import/${name}`, { object: value }); }} /></div>
    <${List} key=${`${name}${object}${company}`} company=${company} object=${object} counts=${counts} several=${me.companies.length > 1}
      query=${query} number=${path[1]} />`;
}

function Rejected({ company, object, counts, several, query: asked, number }) {
  const [text, setText] = useState(asked.search ?? "");
  const [only, setOnly] = useState({ table: asked.table, column: asked.column });
  const kept = { object, search: text, ...only };
  useEffect(() => { if (!number) keepInAddress("import/rejected", kept); }, [text, only]);
  const search = useSettled(text);
  const query = { company, object, search, ...only };
  const list = useList("import/rejected", query);
  const columns = [
    { title: "Object", cell: (r) => words(r.table_name) },
    several && { title: "Company", cell: (r) => r.company_code },
    { title: "Job", cell: (r) => r.job_number ?? html`<span class="faint">–</span>` },
    { title: "Row", help: "What can be read of the row", cell: (r) => html`<${Parts} row=${r} />` },
    { title: "Column", cell: (r) => html`<code>${r.column_name}</code>` },
    { title: "Holds", cell: (r) => r.value ? html`<code class="value">${r.value}</code>` : html`<span class="faint">nothing</span>` },
    { title: "Why it was rejected, and what to do", kind: "wide", cell: (r) => r.reason },
    { title: "Since", cell: (r) => html`<${Time} at=${r.rejected_at}>${ago(r.rejected_at)}</>` },
  ].filter(Boolean);
  const isOnly = (row) => only.table === row.table_name && only.column === row.column_name;
  return html`
    <p class="lead">Rows of Spectrum that could not be taken. The last good version of each stays in the warehouse. Correct
      them in Spectrum: the next sync takes them and they leave this list.</p>
    <div class="bar"><${Search} value=${text} onInput=${setText} label="Search rejected rows" />
      <${Download} href=${address("api/import/rejected.csv", query)} /></div>
    ${counts?.rejected.length > 1 && html`<ul class="chips" aria-label="Only the rows of one column">${counts.rejected.slice(0, 8).map((row) => html`
      <li><button class="chip" aria-pressed=${isOnly(row) ? "true" : "false"}
                  onClick=${() => setOnly(isOnly(row) ? {} : { table: row.table_name, column: row.column_name })}>${words(row.table_name)}, <code>${row.column_name}</code>
        <span class="count">${count(row.rejected)}</span></button></li>`)}</ul>`}
    <${Listed} list=${list} what="rejected rows" empty=${html`<${Empty} title=${search || only.table ? "Nothing matches" : "No rejected rows"} icon=${search || only.table ? "search" : "ok"}>
        ${search || only.table ? "Try another word, or all columns." : "Everything Spectrum holds has been taken."}</>`}>
      <${Table} label="Rejected rows" columns=${columns} rows=${list.rows} keyOf=${(r) => r.rejected_id}
        onOpen=${(r) => open(placeOf(["import", "rejected", r.rejected_id], kept))} />
    </>
    ${number && html`<${Row} key=${number} number=${number} onClose=${() => close(link("import/rejected", kept))} />`}`;
}

/** One rejected row, whatever list it is in. */
function Row({ number, onClose }) {
  const found = useData("import/rejected-row", { number });
  const row = found.data?.row;
  return html`<${Dialog} title=${row ? `Rejected row of ${words(row.table_name)}` : "Rejected row"} onClose=${onClose} wide>
    <${Problem} error=${found.error} retry=${found.reload} />
    ${!found.data && !found.error && html`<p class="loading">Loading…</p>`}
    ${row && html`
      ${row.resolved_at && html`<div class="notice ok">Corrected in Spectrum, and taken ${moment(row.resolved_at)}.</div>`}
      <div class="notice warn">${row.reason}</div>
      <dl class="facts"><dt>Column</dt><dd><code>${row.column_name}</code></dd><dt>Holds</dt><dd>${row.value || "nothing"}</dd>
        <dt>Company</dt><dd>${row.company_code}</dd><dt>Job</dt><dd>${row.job_number ?? "–"}</dd><dt>Rejected since</dt><dd>${moment(row.rejected_at)}</dd></dl>
      <h3>The row as Spectrum holds it</h3>
      <dl class="facts">${Object.entries(row.source_row).map(([name, value]) => html`<dt>${name}</dt><dd>${String(value ?? "").trim() || "–"}</dd>`)}</dl>`}
  </>`;
}

/** The parts of a rejected row that can be read: its key, and below it what it is about. */
function Parts({ row }) {
  const about = [row.date && dated(row.date), row.amount && amount(row.amount), row.name].filter(Boolean).join(", ");
  return html`${row.key.length > 0 && html`<code>${row.key.join(" / ")}</code>`}
    ${about && html`<span class="parts" title=${about}>${about}</span>`}${!about && !row.key.length && html`<span class="faint">–</span>`}`;
}

/** A date as the source writes it, 20260415, where it is one. */
function dated(text) {
  const date = /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text;
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date)) ? day(date) : text;
}
const amount = (text) => (/^-?\d+(\.\d+)?$/.test(text) ? money(text) : text);

function Checks({ company, object }) {
  const list = useList("import/checks", { company, object });
  const columns = [
    { title: "Result", cell: (c) => c.status === "failed" ? html`<${Badge} kind="bad" icon="bad">Failed</>` : html`<${Badge} kind="warn" icon="warn">Warning</>` },
    { title: "Table", cell: (c) => words(c.table_name) },
    { title: "Company", cell: (c) => c.company_code },
    { title: "Check", cell: (c) => html`<strong>${words(c.check_name)}</strong><br /><span class="faint">${SOURCES[c.source] ?? words(c.source)}</span>` },
    { title: "Rows", kind: "num", cell: (c) => c.rows_checked === null ? count(c.rows_failed) : html`${count(c.rows_failed)} of ${count(c.rows_checked)}` },
    { title: "What it means, and what to do", kind: "wide", cell: (c) => html`${c.message}<${Examples} rows=${c.examples} />` },
    { title: "Checked", cell: (c) => html`<${Time} at=${c.checked_at}>${ago(c.checked_at)}</>` },
  ];
  return html`
    <p class="lead">Checks of the last syncs that the data did not meet. A failed check kept the previous data in place; a
      warning did not.</p>
    <div class="bar end"><${Download} href=${address("api/import/checks.csv", { company, object })} /></div>
    <${Listed} list=${list} what="checks" empty=${html`<${Empty} title="Every check is met" />`}>
      <${Table} label="Checks not met" columns=${columns} rows=${list.rows} keyOf=${(c) => c.check_id} /></>`;
}

const Examples = ({ rows }) => !rows?.length ? null : html`<details><summary>Examples</summary>
  <ul class="list">${rows.slice(0, 5).map((row) => html`<li>${named(row)}</li>`)}</ul></details>`;

function Drift({ company, object }) {
  const list = useList("import/drift", { company, object });
  const columns = [
    { title: "Change", cell: (d) => html`<${Badge} kind=${CHANGES[d.change][0]}>${CHANGES[d.change][1]}</>` },
    { title: "Where", cell: (d) => html`<code>${d.source_name}</code><br /><span class="faint">${words(d.table_name)}, ${d.reader === "sdx" ? "web services" : "Info-Link"}</span>` },
    { title: "Column", cell: (d) => html`<code>${d.column_name}</code>` },
    { title: "What differs", kind: "wide", cell: (d) => d.detail },
    { title: "What it affects", kind: "wide", cell: (d) => d.affects },
    { title: "Company", cell: (d) => d.company_code },
    { title: "Seen", cell: (d) => html`<${Time} at=${d.first_seen_at}>since ${ago(d.first_seen_at)}</>` },
  ];
  return html`
    <p class="lead">Columns of Spectrum that appeared, disappeared or changed their type since this package was written.</p>
    <div class="bar end"><${Download} href=${address("api/import/drift.csv", { company, object })} /></div>
    <${Listed} list=${list} what="changed columns" empty=${html`<${Empty} title="Spectrum's columns are as expected" />`}>
      <${Table} label="Changed columns" columns=${columns} rows=${list.rows} keyOf=${(d) => d.drift_id} /></>`;
}

/** An example's values, each with what it is. */
const named = (row) => Object.entries(row).filter(([name]) => name !== "company_code" && name !== "row_count")
  .map(([name, value]) => `${words(name).toLowerCase()} ${value ?? "–"}`).join(", ");
