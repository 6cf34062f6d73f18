// Job cost: the jobs, and for one of them budget against cost by month and by phase, with what is behind each number.
import { useState } from "./vendor/preact-hooks.js";
import { ago, address, count, day, html, keepInAddress, link, money, month, plural, useData, useList, useSettled } from "./lib.js";
import { Badge, Download, Empty, Icon, Listed, Problem, Search, Table, Time } from "./parts.js";
import { close, open, placeOf } from "./places.js";
import { Behind, COST_TYPES, variance } from "./behind.js";
import { Agreements, PARTS } from "./agreements.js";
import { CostChart } from "./chart.js";
import { byPhase, compare, exactSum, SUMS } from "./amounts.js";
import { Grid } from "./grid.js";
import { Marts, NotComputed } from "./marts.js";
import { useMarts } from "./computed.js";

const JOB_STATES = { A: ["ok", "Active"], C: ["plain", "Complete"], I: ["warn", "Inactive"] };
const COMMITTED = "Subcontracts that are not inactive, with their executed changes, and purchase orders; all of it, paid or not";
const NOT_KNOWN = "Not known until all subcontracts have been synced";
const AT_COMPLETION = "What it will have cost: Spectrum's projection, or the current budget where none is entered, but never less than cost to date. A complete job costs what it has cost";
const VARIANCE = "Current budget less cost at completion; in parentheses when it will cost more";
const COMPLETE = "Cost to date in percent of cost at completion";

/** The address of the list as it was left, for the way back to it. */
let left = link("job-cost");

export const JobCost = ({ company, path, query }) => path.length >= 2
  ? html`<${Job} key=${path.slice(0, 2).join("/")} company=${decodeURIComponent(path[0])} job=${decodeURIComponent(path[1])}
      named=${path.slice(2).map(decodeURIComponent)} />`
  : html`<${Jobs} company=${company} query=${query} />`;

const JobState = ({ code }) => html`<${Badge} kind=${JOB_STATES[code]?.[0] ?? "plain"}>${JOB_STATES[code]?.[1] ?? code ?? "–"}</>`;

function Jobs({ company, query }) {
  const [text, setText] = useState(query.search ?? "");
  const [active, setActive] = useState(query.all !== "yes");
  const search = useSettled(text);
  const list = useList("jobs", { company, search, active });
  const marts = useMarts(company, list.reload);
  // At once, not when typing has settled: somebody who opens a job right away finds the search again, too.
  const kept = (searched, onlyActive) => ({ search: searched, all: onlyActive ? undefined : "yes" });
  left = link("job-cost", kept(text, active));
  const chosen = (searched, onlyActive) => {
    keepInAddress("job-cost", kept(searched, onlyActive));
    setText(searched);
    setActive(onlyActive);
  };
  const show = (row) => { location.hash = link(`job-cost/${encodeURIComponent(row.company_code)}/${encodeURIComponent(row.job_number)}`); };
  const columns = [
    { title: "Job", cell: (r) => html`<strong>${r.job_number}</strong>` },
    { title: "Name", kind: "wide", cell: (r) => r.job_description },
    { title: "Company", cell: (r) => r.company_code },
    { title: "Status", cell: (r) => html`<${JobState} code=${r.status_code} />` },
    { title: "Current budget", kind: "num", cell: (r) => money(r.current_estimate, { cents: false }) },
    { title: "Cost to date", kind: "num", cell: (r) => money(r.actual_cost, { cents: false }) },
    { title: "Spent", kind: "bar-cell", cell: (r) => html`<${Spent} actual=${r.actual_cost} budget=${r.current_estimate} />` },
    { title: "At completion", kind: "num", help: AT_COMPLETION, cell: (r) => money(r.cost_at_completion, { cents: false }) },
    { title: "Complete", kind: "num", help: COMPLETE, cell: (r) => percent(r.percent_complete) },
    { title: "Variance", kind: "num", help: VARIANCE, cell: (r) => variance(r.variance, { cents: false }) },
  ];
  return html`
    <div class="bar"><${Search} value=${text} onInput=${(value) => chosen(value, active)} label="Search job number or name" />
      <label class="check"><input type="checkbox" checked=${active} onChange=${(event) => chosen(text, event.target.checked)} /> Active jobs only</label>
      ${marts.data?.computed_at && html`<${Marts} marts=${marts.data} company=${company} reload=${marts.reload} />`}</div>
    <${NotComputed} marts=${marts.data} company=${company} reload=${marts.reload} />
    <${Listed} list=${list} what="jobs" empty=${html`<${Empty} title=${search ? "No job matches" : "No jobs yet"} icon=${search ? "search" : "none"}>
        ${search ? "Try another word, or show jobs that are not active." : "Sync the jobs first."}</>`}>
      <${Table} label="Jobs" columns=${columns} rows=${list.rows} keyOf=${(r) => r.job_key} onOpen=${show} /></>`;
}

function Spent({ actual, budget }) {
  if (actual === null || budget === null) return html`<span class="faint">–</span>`;
  const share = Number(budget) > 0 ? (100 * Number(actual)) / Number(budget) : null;
  if (share === null) return html`<span class="faint">no budget</span>`;
  return html`<span class="spent"><span class="track"><span class=${share > 100 ? "over" : ""} style=${{ width: `${Math.min(100, Math.max(0, share))}%` }}></span></span>
    ${Math.round(share)} %</span>`;
}

/** `named`: what is open over the page: `month 2026-04-01`, `committed 05120 S`, or a document: `subcontract ACME S01`. */
function Job({ company, job, named }) {
  const found = useData("job", { company, job });
  const marts = useMarts(company, found.reload);
  if (!found.data) return html`<${Back} /><${Problem} error=${found.error} retry=${found.reload} />${!found.error && html`<p class="loading">Loading…</p>`}`;
  const { job: head, months } = found.data;
  const lines = found.data.lines.map((line) => ({ ...line, changes: exactSum([line.estimate_adjustments, line.approved_changes]) }));
  const look = (...parts) => open(placeOf(["job-cost", company, job, ...parts]));
  const behind = behindOf(named, months, lines);
  const totals = Object.fromEntries(SUMS.map((name) => [name, exactSum(lines.map((line) => line[name]))]));
  const unknown = lines.some((line) => line.committed_cost === null);
  const over = lines.filter(exceeded).length;
  const outdated = lines.filter((line) => line.cost_floor_used).length;
  const shown = (name, line) => (name === "variance" ? variance(line[name]) : money(line[name]));
  const number = (name, what, title, help) => ({
    title, help, kind: "num", foot: shown(name, totals),
    cell: (line) => html`${name === "actual_cost" && html`<${Over} line=${line} />`}${name === "cost_at_completion" && html`<${Outdated} line=${line} />`}${line.subtotal ? shown(name, line) : html`
      <button class="number" title="What is behind this number" onClick=${() => look(what, line.phase_code, line.cost_type)}>${shown(name, line)}</button>`}`,
  });
  const columns = [
    { title: "Phase", cell: (line) => html`<code>${line.phase_code}</code>`, foot: "Total" },
    { title: "Description", kind: "wide", cell: (line) => line.subtotal ? "Whole phase" : line.description ?? html`<span class="warntext">Phase is not synced</span>` },
    { title: "Cost type", cell: (line) => line.subtotal ? "" : html`<abbr title=${COST_TYPES[line.cost_type] ?? line.cost_type}>${line.cost_type}</abbr>` },
    number("original_estimate", "budget", "Original"),
    number("changes", "budget", "Changes", "Adjustments and approved change requests"),
    number("current_estimate", "budget", "Current budget"),
    unknown
      ? { title: "Committed", kind: "num", help: NOT_KNOWN, cell: () => html`<span class="faint" title=${NOT_KNOWN}>not known</span>` }
      : number("committed_cost", "committed", "Committed", COMMITTED),
    number("actual_cost", "actual", "Actual", "Job-to-date cost"),
    number("cost_at_completion", "projected", "At completion", AT_COMPLETION),
    number("variance", "projected", "Variance", VARIANCE),
  ];
  return html`
    <${Back} />
    <div class="title"><h2>${head.job_number} ${head.job_description}</h2><${JobState} code=${head.status_code} />
      <span class="space"></span><${Download} href=${address("api/job.csv", { company, job })} /></div>
    ${marts.data?.computed_at && html`<div class="bar"><${Marts} marts=${marts.data} company=${company} reload=${marts.reload} /></div>`}
    <${NotComputed} marts=${marts.data} company=${company} reload=${marts.reload} />
    ${head.computed_at && html`<${Figures} head=${head} totals=${totals} unknown=${unknown} />
      <nav class="jump" aria-label="Further down">Further down: ${PARTS.map((title) => html`<button key=${title} class="link" onClick=${() => jump(title)}>${title}</button>`)}</nav>`}
    ${head.computed_at && (months.length > 0 ? html`
      <section><h3>Cost by month against budget</h3>
        <${CostChart} months=${months} budget=${totals.current_estimate} onMonth=${(at) => look("month", at)} />
        <details><summary>The same as a table</summary><${Months} months=${months} onMonth=${(at) => look("month", at)} /></details></section>`
      : html`<${Empty} title="No costs posted yet" icon="none" />`)}
    ${head.computed_at && html`<section><h3>By phase and cost type</h3>
      ${over > 0 && html`<p class="lead">${plural(over, "line has", "lines have")} cost more than the current budget: marked with <span class="over"><${Icon} name="warn" /></span>.</p>`}
      ${outdated > 0 && html`<p class="lead">Of ${plural(outdated, "line", "lines")} Spectrum's projection is below cost to date, which stands in its place: marked with <span class="outdated"><${Icon} name="floor" /></span>.</p>`}
      ${lines.length ? html`<${Grid}><${Table} label="Budget and cost by phase and cost type; arrow keys move between the numbers" columns=${columns}
        rows=${byPhase(lines)} foot tall kindOf=${(line) => (line.subtotal ? "subtotal" : "")} keyOf=${(line) => `${line.phase_code} ${line.cost_type}`} /></>`
      : html`<${Empty} title="No budget and no costs yet" icon="none" />`}</section>`}
    ${head.computed_at && html`<${Agreements} company=${company} job=${job} head=${head} look=${look} named=${named} onClose=${() => close(placeOf(["job-cost", company, job]))} />`}
    ${behind && html`<${Behind} ...${behind} head=${head} company=${company} job=${job} onClose=${() => close(placeOf(["job-cost", company, job]))} />`}`;
}

function Figures({ head, totals, unknown }) {
  return html`<dl class="figures">
    <div><dt>Current budget</dt><dd>${money(totals.current_estimate)}</dd></div>
    <div><dt>Committed</dt><dd>${unknown ? html`<span class="faint" title=${NOT_KNOWN}>not known</span>` : money(totals.committed_cost)}</dd></div>
    <div><dt>Cost to date</dt><dd>${money(totals.actual_cost)}</dd></div>
    <div title=${AT_COMPLETION}><dt>Cost at completion</dt><dd>${money(totals.cost_at_completion)}</dd></div>
    <div title=${COMPLETE}><dt>Complete</dt><dd>${percent(head.percent_complete)}</dd></div>
    <div title=${VARIANCE}><dt>Variance</dt><dd>${variance(totals.variance)}</dd></div>
    <div><dt>Started</dt><dd>${day(head.start_date)}</dd></div>
  </dl>`;
}

/** Down to a part of the page: for the keyboard, too. */
function jump(title) {
  const part = document.querySelector(`section[aria-label="${title}"]`);
  part?.scrollIntoView();
  part?.focus({ preventScroll: true });
}

/** What a path names of a job; null where it names nothing that there is. */
function behindOf([what, first, second], months, lines) {
  if (what === "month") {
    const found = months.find((entry) => entry.month === first);
    return found ? { what, month: first, cost: found.actual_cost } : null;
  }
  const line = lines.find((each) => each.phase_code === first && each.cost_type === second);
  return line ? { what, line } : null;
}
const exceeded = (line) => compare(line.actual_cost, line.current_estimate);
const percent = (value) => (value === null || value === undefined ? html`<span class="faint">–</span>` : `${Number(value).toFixed(1)} %`);

/** A mark where more was spent than is budgeted. */
const Over = ({ line }) => exceeded(line) && html`<${Mark} kind="over" icon="warn" text="Cost is above the current budget" />`;

/** A mark where Spectrum's projection is below cost, so that it is not what the line will have cost. */
const Outdated = ({ line }) => line.cost_floor_used
  && html`<${Mark} kind="outdated" icon="floor" text=${`Spectrum's projection of ${money(line.projected_cost)} is below cost to date, which stands in its place`} />`;

const Mark = ({ kind, icon, text }) => html`<span class=${kind} title=${text}><${Icon} name=${icon} /><span class="hidden">${text}: </span></span>`;

const Back = () => html`<p><a class="back" href=${left}><${Icon} name="back" /> All jobs</a></p>`;

const Months = ({ months, onMonth }) => html`<${Table} label="Cost by month" rows=${months} keyOf=${(m) => m.month} columns=${[
  { title: "Month", kind: "wide", cell: (m) => month(m.month) },
  { title: "Postings", kind: "num", cell: (m) => count(m.transactions) },
  { title: "Cost", kind: "num", cell: (m) => html`<button class="number" onClick=${() => onMonth(m.month)}>${money(m.actual_cost)}</button>` },
  { title: "Cost to date", kind: "num", cell: (m) => money(m.cost_to_date) },
]} />`;

