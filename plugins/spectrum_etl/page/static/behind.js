// What is behind a number of the job cost view: the budget's parts, the subcontracts, the projection's source, the postings.
import { ago, address, day, html, money, month, plural, useData, useList, words } from "./lib.js";
import { Dialog, Download, Listed, Problem, Table, Time } from "./parts.js";

export const COST_TYPES = { L: "Labor", M: "Material", E: "Equipment", S: "Subcontract", O: "Other" };
const SOURCES = {
  AP: "Accounts payable", PR: "Payroll", JC: "Job cost", EQ: "Equipment", IC: "Inventory", GL: "General ledger", OT: "Overhead",
  OH: "Overhead",
};
const CHANGE_STATES = { P: "pending", E: "executed", R: "rejected" };
const SUBCONTRACT_STATES = { A: "active", I: "inactive", C: "complete" };

export const variance = (value, options) => html`<span class=${Number(value) < 0 ? "badtext" : ""}>${money(value, options)}</span>`;

/** `head`: the job. `line`: its phase and cost type, where the number is of one; else `month`. */
export function Behind({ what, line, month: at, cost, head, company, job, onClose }) {
  const name = line ? `${line.phase_code} ${line.description ?? ""}, ${COST_TYPES[line.cost_type] ?? line.cost_type}` : month(at);
  return html`<${Dialog} title="Job ${head.job_number} ${head.job_description}: ${name}" onClose=${onClose} wide>
    ${line && what === "committed" && html`<h3>Subcontracts and purchase orders</h3>
      <${Commitments} shown=${line.committed_cost} query=${{ company, job, phase: line.phase_code, cost_type: line.cost_type }} />`}
    ${line && (what === "budget" || what === "projected") && html`<${Made} what=${what} line=${line} company=${company} job=${job} />`}
    <h3>Postings</h3>
    <${Postings} shown=${line ? line.actual_cost : cost} query=${{ company, job, phase: line?.phase_code, cost_type: line?.cost_type, month: at }} />
  </>`;
}

function Made({ what, line, company, job }) {
  const found = useData("budget-line", { company, job, phase: line.phase_code, cost_type: line.cost_type });
  if (!found.data) return html`<${Problem} error=${found.error} />`;
  const held = found.data.line;
  if (what === "budget") {
    return html`<dl class="facts sums"><dt>Original estimate</dt><dd>${money(held.original_estimate)}</dd>
      <dt>Posted adjustments</dt><dd>${money(held.estimate_adjustments)}</dd>
      <dt>Approved change requests</dt><dd>${money(held.approved_changes)}</dd>
      <dt>Current budget</dt><dd><strong>${money(line.current_estimate)}</strong></dd></dl>
      ${held.budget_read_at && html`<p class="faint">As Spectrum held it <${Time} at=${held.budget_read_at}>${ago(held.budget_read_at)}</>.</p>`}`;
  }
  return html`<dl class="facts sums"><dt>Current budget</dt><dd>${money(line.current_estimate)}</dd>
    <dt>Cost to date</dt><dd>${money(line.actual_cost)}</dd>
    <dt>Spectrum's projection</dt><dd>${line.projection_entered ? money(line.projected_cost) : html`<span class="faint">none is entered</span>`}</dd>
    <dt>Cost at completion</dt><dd><strong>${money(line.cost_at_completion)}</strong> <span class="faint">${reason(line)}</span></dd>
    <dt>Variance</dt><dd>${variance(line.variance)}</dd></dl>`;
}

/** Why the cost at completion of a line is what it is. */
function reason(line) {
  if (line.job_complete) return "cost to date: the job is complete";
  if (line.cost_floor_used) return "cost to date: Spectrum's projection is below it";
  if (line.projection_entered) return "Spectrum's projection";
  return "the greater of budget and cost: no projection is entered in Spectrum";
}

/** The subcontracts and orders behind a committed amount; what does not count is there too, in faint, with the reason. */
function Commitments({ query, shown }) {
  const list = useList("commitments", { ...query, offset: 0 });
  const why = (row) => {
    if (row.kind === "purchase order") return row.counted ? "" : "deleted: not committed";
    if (row.change_request_number && row.change_status !== "E") return `change is ${CHANGE_STATES[row.change_status] ?? "without a status"}: not committed`;
    return row.counted ? SUBCONTRACT_STATES[row.status_code] ?? "" : `${SUBCONTRACT_STATES[row.status_code] ?? "deleted"}: not committed`;
  };
  const columns = [
    { title: "Vendor", kind: "wide", cell: (row) => row.vendor_name ?? row.vendor_code },
    { title: "Document", cell: (row) => html`${row.document_number}<span class="second">${words(row.kind)}</span>` },
    { title: "Line", cell: (row) => (row.change_request_number ? `Change ${row.change_request_number}` : row.kind === "purchase order" ? `Line ${row.line}` : row.line ? `Bid item ${row.line}` : "Original") },
    { title: "Issued", cell: (row) => day(row.date_issued) },
    { title: "Status", cell: why },
    { title: "Amount", kind: "num", cell: (row) => html`<span class=${row.counted ? "" : "faint"}>${money(row.amount)}</span>` },
  ];
  return html`<${Listed} list=${list} what="commitments" empty=${html`<p class="faint">No subcontract and no purchase order is on this phase and cost type.</p>`}>
    <${Total} what="Total of those that count" total=${list.data?.total} shown=${shown} named="Committed" />
    <${Table} label="Subcontracts and purchase orders" columns=${columns} rows=${list.rows} keyOf=${(row) => list.rows.indexOf(row)} /></>`;
}

/** The total of all pages, to compare with the number that was clicked: the marts may be older than what is staged. */
function Total({ what, total, shown, named }) {
  if (total === null || total === undefined) return null;
  const differs = shown !== undefined && shown !== null && Number(total) !== Number(shown);
  return html`<dl class="facts sums total"><dt>${what}</dt><dd><strong>${money(total)}</strong></dd>
    ${differs && html`<dt>${named} in the table</dt><dd>${money(shown)} <span class="warntext">the table was computed earlier</span></dd>`}</dl>`;
}

function Postings({ query, shown }) {
  const list = useList("transactions", { ...query, offset: 0 });
  const columns = [
    { title: "Date", cell: (t) => day(t.tran_date) },
    !query.phase && { title: "Phase", cell: (t) => html`<code>${t.phase_code}</code> ${t.cost_type}` },
    { title: "Source", cell: (t) => (SOURCES[t.tran_type_code] ? `${SOURCES[t.tran_type_code]} (${t.tran_type_code})` : t.tran_type_code ?? "–") },
    { title: "Description", kind: "wide", cell: (t) => t.description },
    { title: "Vendor", cell: (t) => t.vendor_name ?? html`<span class="faint">–</span>` },
    { title: "Reference", cell: (t) => t.reference_1 },
    { title: "Hours", kind: "num", cell: (t) => (t.total_hours === null ? "–" : Number(t.total_hours)) },
    { title: "Amount", kind: "num", cell: (t) => money(t.tran_amount) },
  ].filter(Boolean);
  return html`<${Listed} list=${list} what="postings" empty=${html`<p class="faint">Nothing was posted.</p>`}>
    <div class="bar"><${Total} what=${`Total of ${plural(list.data?.postings ?? 0, "posting")}`} total=${list.data?.total} shown=${shown} named="Cost" />
      <span class="space"></span><${Download} href=${address("api/transactions.csv", { ...query })} /></div>
    <${Table} label="Postings" columns=${columns} rows=${list.rows} keyOf=${(t) => list.rows.indexOf(t)} /></>`;
}
