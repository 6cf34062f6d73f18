// Job cost: the jobs, and for one of them budget against cost by month and by phase, with what is behind each number.
import { useState } from "./vendor/preact-hooks.js";
import { ago, address, count, day, html, link, money, month, useData, useList, useSettled } from "./lib.js";
import { Badge, Dialog, Download, Empty, Icon, Listed, Problem, Search, Table, Time } from "./parts.js";
import { CostChart } from "./chart.js";

const JOB_STATES = { A: ["ok", "Active"], C: ["plain", "Complete"], I: ["warn", "Inactive"] };
const COST_TYPES = { L: "Labor", M: "Material", E: "Equipment", S: "Subcontract", O: "Other" };
const COMMITTED = "Subcontracts that are not inactive, with their executed changes; all of it, paid or not";
const NOT_KNOWN = "Not known until all subcontracts have been synced";
const CHANGE_STATES = { P: "pending", E: "executed", R: "rejected" };
const SUBCONTRACT_STATES = { A: "active", I: "inactive", C: "complete" };

export const JobCost = ({ company, path }) => path.length >= 2
  ? html`<${Job} key=${path.join("/")} company=${decodeURIComponent(path[0])} job=${decodeURIComponent(path[1])} />`
  : html`<${Jobs} company=${company} />`;

const JobState = ({ code }) => html`<${Badge} kind=${JOB_STATES[code]?.[0] ?? "plain"}>${JOB_STATES[code]?.[1] ?? code ?? "–"}</>`;
const variance = (value, options) => html`<span class=${Number(value) < 0 ? "badtext" : ""}>${money(value, options)}</span>`;

function Jobs({ company }) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(true);
  const search = useSettled(text);
  const list = useList("jobs", { company, search, active });
  const open = (row) => { location.hash = link(`job-cost/${encodeURIComponent(row.company_code)}/${encodeURIComponent(row.job_number)}`); };
  const columns = [
    { title: "Job", cell: (r) => html`<strong>${r.job_number}</strong>` },
    { title: "Name", kind: "wide", cell: (r) => r.job_description },
    { title: "Company", cell: (r) => r.company_code },
    { title: "Status", cell: (r) => html`<${JobState} code=${r.status_code} />` },
    { title: "Current budget", kind: "num", cell: (r) => money(r.current_estimate, { cents: false }) },
    { title: "Cost to date", kind: "num", cell: (r) => money(r.actual_cost, { cents: false }) },
    { title: "Spent", kind: "bar-cell", cell: (r) => html`<${Spent} actual=${r.actual_cost} budget=${r.current_estimate} />` },
    { title: "Projected", kind: "num", cell: (r) => money(r.projected_cost, { cents: false }) },
    { title: "Variance", kind: "num", help: "Budget less projected cost; in parentheses when it will cost more", cell: (r) => variance(r.variance, { cents: false }) },
  ];
  return html`
    <div class="bar"><${Search} value=${text} onInput=${setText} label="Search job number or name" />
      <label class="check"><input type="checkbox" checked=${active} onChange=${(event) => setActive(event.target.checked)} /> Active jobs only</label></div>
    <${Listed} list=${list} what="jobs" empty=${html`<${Empty} title=${search ? "No job matches" : "No jobs yet"}>
        ${search ? "Try another word, or show jobs that are not active." : "Sync the jobs first."}</>`}>
      <${Table} label="Jobs" columns=${columns} rows=${list.rows} keyOf=${(r) => r.job_key} onOpen=${open} /></>`;
}

function Spent({ actual, budget }) {
  const share = Number(budget) > 0 ? (100 * Number(actual)) / Number(budget) : null;
  if (share === null) return html`<span class="faint">no budget</span>`;
  return html`<span class="spent"><span class="track"><span class=${share > 100 ? "over" : ""} style=${{ width: `${Math.min(100, Math.max(0, share))}%` }}></span></span>
    ${Math.round(share)} %</span>`;
}

const SUMS = ["original_estimate", "changes", "current_estimate", "committed_cost", "actual_cost", "projected_cost", "variance"];

/** Exact sum of amounts with at most four decimals: integers, since doubles would lose cents in large jobs. */
export function exactSum(values) {
  const total = values.reduce((sum, value) => sum + scaled(value), 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(5, "0");
  return `${total < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function scaled(value) {
  const [whole, part = ""] = String(value ?? "0").replace("-", "").split(".");
  const number = BigInt(whole + part.padEnd(4, "0").slice(0, 4));
  return String(value).startsWith("-") ? -number : number;
}

function Job({ company, job }) {
  const found = useData("job", { company, job });
  const [behind, setBehind] = useState(null);
  if (!found.data) return html`<${Back} /><${Problem} error=${found.error} retry=${found.reload} />${!found.error && html`<p class="loading">Loading…</p>`}`;
  const { job: head, months } = found.data;
  const lines = found.data.lines.map((line) => ({ ...line, changes: exactSum([line.estimate_adjustments, line.approved_changes]) }));
  const totals = Object.fromEntries(SUMS.map((name) => [name, exactSum(lines.map((line) => line[name]))]));
  const unknown = lines.some((line) => line.committed_cost === null);
  const number = (name, what, title, help) => ({
    title, help, kind: "num", foot: name === "variance" ? variance(totals[name]) : money(totals[name]),
    cell: (line) => html`<button class="number" title="What is behind this number" onClick=${() => setBehind({ what, line })}>
      ${name === "variance" ? variance(line[name]) : money(line[name])}</button>`,
  });
  const columns = [
    { title: "Phase", cell: (line) => html`<code>${line.phase_code}</code>`, foot: "Total" },
    { title: "Description", kind: "wide", cell: (line) => line.description ?? html`<span class="warntext">Phase is not synced</span>` },
    { title: "Cost type", cell: (line) => html`<abbr title=${COST_TYPES[line.cost_type] ?? line.cost_type}>${line.cost_type}</abbr>` },
    number("original_estimate", "budget", "Original"),
    number("changes", "budget", "Changes", "Adjustments and approved change requests"),
    number("current_estimate", "budget", "Current budget"),
    unknown
      ? { title: "Committed", kind: "num", help: NOT_KNOWN, cell: () => html`<span class="faint" title=${NOT_KNOWN}>not known</span>` }
      : number("committed_cost", "committed", "Committed", COMMITTED),
    number("actual_cost", "actual", "Actual", "Job-to-date cost"),
    number("projected_cost", "projected", "Projected", "Cost at completion"),
    number("variance", "projected", "Variance", "Current budget less projected cost; in parentheses when it will cost more"),
  ];
  return html`
    <${Back} />
    <div class="title"><h2>${head.job_number} ${head.job_description}</h2><${JobState} code=${head.status_code} />
      <span class="space"></span><${Download} href=${address("api/job.csv", { company, job })} /></div>
    <dl class="figures">
      <div><dt>Current budget</dt><dd>${money(totals.current_estimate)}</dd></div>
      <div><dt>Committed</dt><dd>${unknown ? html`<span class="faint" title=${NOT_KNOWN}>not known</span>` : money(totals.committed_cost)}</dd></div>
      <div><dt>Cost to date</dt><dd>${money(totals.actual_cost)}</dd></div>
      <div><dt>Projected cost</dt><dd>${money(totals.projected_cost)}</dd></div>
      <div><dt>Variance</dt><dd>${variance(totals.variance)}</dd></div>
      <div><dt>Started</dt><dd>${day(head.start_date)}</dd></div>
      <div><dt>Computed</dt><dd><${Time} at=${head.computed_at}>${ago(head.computed_at)}</></dd></div>
    </dl>
    ${months.length > 0 ? html`
      <section><h3>Cost by month against budget</h3>
        <${CostChart} months=${months} budget=${totals.current_estimate} onMonth=${(at) => setBehind({ what: "month", month: at })} />
        <details><summary>The same as a table</summary><${Months} months=${months} onMonth=${(at) => setBehind({ what: "month", month: at })} /></details></section>`
      : html`<${Empty} title="No costs posted yet" />`}
    <section><h3>By phase and cost type</h3>
      ${lines.length ? html`<${Table} label="Budget and cost by phase and cost type" columns=${columns} rows=${lines} foot
        keyOf=${(line) => `${line.phase_code} ${line.cost_type}`} />` : html`<${Empty} title="No budget and no costs yet" />`}</section>
    ${behind && html`<${Behind} ...${behind} company=${company} job=${job} onClose=${() => setBehind(null)} />`}`;
}

const Back = () => html`<p><a class="back" href=${link("job-cost")}><${Icon} name="back" /> All jobs</a></p>`;

const Months = ({ months, onMonth }) => html`<${Table} label="Cost by month" rows=${months} keyOf=${(m) => m.month} columns=${[
  { title: "Month", kind: "wide", cell: (m) => month(m.month) },
  { title: "Postings", kind: "num", cell: (m) => count(m.transactions) },
  { title: "Cost", kind: "num", cell: (m) => html`<button class="number" onClick=${() => onMonth(m.month)}>${money(m.actual_cost)}</button>` },
  { title: "Cost to date", kind: "num", cell: (m) => money(m.cost_to_date) },
]} />`;

/** What is behind a number: the budget's parts, the subcontracts, the projection's source, or the postings. */
function Behind({ what, line, month: at, company, job, onClose }) {
  const name = line ? `${line.phase_code} ${line.description ?? ""}, ${COST_TYPES[line.cost_type] ?? line.cost_type}` : month(at);
  return html`<${Dialog} title=${name} onClose=${onClose} wide>
    ${line && what === "committed" && html`<h3>Subcontracts</h3>
      <${Commitments} query=${{ company, job, phase: line.phase_code, cost_type: line.cost_type }} />`}
    ${line && (what === "budget" || what === "projected") && html`<${Made} what=${what} line=${line} company=${company} job=${job} />`}
    <h3>Postings</h3>
    <${Postings} query=${{ company, job, phase: line?.phase_code, cost_type: line?.cost_type, month: at }} />
  </>`;
}

function Made({ what, line, company, job }) {
  const found = useData("budget-line", { company, job, phase: line.phase_code, cost_type: line.cost_type });
  if (!found.data) return html`<${Problem} error=${found.error} />`;
  const held = found.data.line;
  if (what === "budget") {
    return html`<dl class="facts sums"><dt>Original estimate</dt><dd>${money(held.original_estimate ?? 0)}</dd>
      <dt>Posted adjustments</dt><dd>${money(held.estimate_adjustments ?? 0)}</dd>
      <dt>Approved change requests</dt><dd>${money(held.approved_changes ?? 0)}</dd>
      <dt>Current budget</dt><dd><strong>${money(line.current_estimate)}</strong></dd></dl>
      ${held.budget_read_at && html`<p class="faint">As Spectrum held it <${Time} at=${held.budget_read_at}>${ago(held.budget_read_at)}</>.</p>`}`;
  }
  const source = line.projection_entered ? "entered in Spectrum" : "no projection is entered in Spectrum, so the greater of current budget and cost to date";
  return html`<dl class="facts sums"><dt>Current budget</dt><dd>${money(line.current_estimate)}</dd>
    <dt>Cost to date</dt><dd>${money(line.actual_cost)}</dd>
    <dt>Projected cost</dt><dd><strong>${money(line.projected_cost)}</strong> <span class="faint">${source}</span></dd>
    <dt>Variance</dt><dd>${variance(line.variance)}</dd></dl>`;
}

/** The subcontracts behind a committed amount; what does not count is there too, in faint, with the reason. */
function Commitments({ query }) {
  const list = useList("commitments", { ...query, offset: 0 });
  const why = (row) => {
    if (row.change_request_number && row.change_status !== "E") return `change is ${CHANGE_STATES[row.change_status] ?? "without a status"}: not committed`;
    return row.counted ? SUBCONTRACT_STATES[row.status_code] ?? "" : `${SUBCONTRACT_STATES[row.status_code] ?? "deleted"}: not committed`;
  };
  const columns = [
    { title: "Vendor", kind: "wide", cell: (row) => row.vendor_name ?? row.vendor_code },
    { title: "Subcontract", cell: (row) => row.subcontract_number },
    { title: "Line", cell: (row) => (row.change_request_number ? `Change ${row.change_request_number}` : row.bid_item_number ? `Bid item ${row.bid_item_number}` : "Original") },
    { title: "Issued", cell: (row) => day(row.date_issued) },
    { title: "Status", cell: why },
    { title: "Amount", kind: "num", cell: (row) => html`<span class=${row.counted ? "" : "faint"}>${money(row.amount)}</span>` },
  ];
  return html`<${Listed} list=${list} what="subcontracts" empty=${html`<p class="faint">No subcontract is on this phase and cost type.</p>`}>
    <${Table} label="Subcontracts" columns=${columns} rows=${list.rows} keyOf=${(row) => list.rows.indexOf(row)} /></>`;
}

function Postings({ query }) {
  const list = useList("transactions", { ...query, offset: 0 });
  const columns = [
    { title: "Date", cell: (t) => day(t.tran_date) },
    !query.phase && { title: "Phase", cell: (t) => html`<code>${t.phase_code}</code> ${t.cost_type}` },
    { title: "Source", cell: (t) => t.tran_type_code },
    { title: "Description", kind: "wide", cell: (t) => t.description },
    { title: "Vendor", cell: (t) => t.vendor_name ?? html`<span class="faint">–</span>` },
    { title: "Reference", cell: (t) => t.reference_1 },
    { title: "Hours", kind: "num", cell: (t) => (t.total_hours === null ? "–" : Number(t.total_hours)) },
    { title: "Amount", kind: "num", cell: (t) => money(t.tran_amount) },
  ].filter(Boolean);
  return html`<${Listed} list=${list} what="postings" empty=${html`<p class="faint">Nothing was posted.</p>`}>
    <${Table} label="Postings" columns=${columns} rows=${list.rows} keyOf=${(t) => list.rows.indexOf(t)} /></>`;
}
