// What is behind the figures of a job's agreements: the lines and changes of a contract, its applications and invoices,
// the lines and invoices of a subcontract, the lines of a purchase order. Every list has the total that was clicked.
import { count, day, html, money, useList } from "./lib.js";
import { Dialog, Listed, Table } from "./parts.js";
import { difference } from "./amounts.js";
import { COST_TYPES } from "./behind.js";

export const SUBCONTRACT_STATES = { A: "Active", I: "Inactive", C: "Complete" };
const CHANGE_STATES = { P: "pending", E: "executed", R: "rejected" };
const KINDS = { I: "Invoice", C: "Credit" };

/** What a path names: a contract or billing of a customer, a subcontract, an order; null where it names nothing there is. */
export function documentOf([what, first, second], { customers, subcontracts, orders }) {
  const code = first === "-" ? "" : first;
  const row = what === "contract" || what === "billing" ? customers.find((each) => each.customer_code === code)
    : what === "subcontract" ? subcontracts.find((each) => each.vendor_code === first && each.subcontract_number === second)
      : what === "order" ? orders.find((each) => each.po_number === first) : null;
  return row ? { what, row } : null;
}

export function Document({ what, row, unknown, company, job, head, onClose }) {
  const { title, body: Body } = BODIES[what];
  return html`<${Dialog} title=${`Job ${head.job_number} ${head.job_description}: ${title(row)}`} onClose=${onClose} wide>
    <${Body} row=${row} unknown=${unknown} query=${{ company, job }} /></>`;
}

const named = (row) => row.customer_name ?? (row.customer_code || "customer is not shown");
const BODIES = {
  contract: { title: (row) => `contract of ${named(row)}`, body: Contract },
  billing: { title: (row) => `billings to ${named(row)}`, body: Billing },
  subcontract: { title: (row) => `subcontract ${row.subcontract_number}, ${row.vendor_name ?? row.vendor_code}`, body: Subcontract },
  order: { title: (row) => `purchase order ${row.po_number}`, body: Order },
};

const amount = (value) => (value === null || value === undefined ? html`<span class="faint">not known</span>` : money(value));
const Facts = ({ rows }) => html`<dl class="facts sums">${rows.filter(Boolean).map(([name, value, why]) => html`<dt>${name}</dt><dd>${why ? html`<span class="faint">${why}</span>` : value}</dd>`)}</dl>`;

/** One list behind a figure. `total`: what the list adds up to; a number of the page that differs from it is said so. */
export function Behind({ title, path, query, columns, none, why, total, shown }) {
  const list = useList(why ? null : path, { ...query, offset: 0 });
  const sum = list.data?.total;
  const differs = sum != null && shown != null && Number(sum) !== Number(shown);
  return html`<h3>${title}</h3>${why ? html`<p class="lead">${why}</p>` : html`
    <${Listed} list=${list} what=${title.toLowerCase()} empty=${html`<p class="faint">${none}</p>`}>
      ${total && sum != null && html`<dl class="facts sums total"><dt>${total}</dt><dd><strong>${money(sum)}</strong></dd>
        ${differs && html`<dt>In the table</dt><dd>${money(shown)} <span class="warntext">the table was computed earlier</span></dd>`}</dl>`}
      <${Table} label=${title} columns=${columns.filter(Boolean)} rows=${list.rows} keyOf=${(each) => list.rows.indexOf(each)} /></>`}`;
}

function Contract({ row, unknown, query }) {
  const differs = !unknown.changes && row.revised_by_application !== null && Number(row.revised_by_application) !== Number(row.revised_contract);
  const counts = (each) => (each.counted ? "" : "faint");
  const why = (each) => !each.request_staged ? "Its change request is not there: does not count"
    : each.change_order_number ? `Change order ${each.change_order_number}` : `${each.status_description ?? each.status ?? "No status"}${each.counted ? "" : ": does not count"}`;
  return html`
    <${Facts} rows=${[
      ["Original contract", row.has_contract ? money(row.original_contract) : html`<span class="faint">no contract</span>`],
      ["Approved changes", money(row.approved_changes), unknown.changes],
      ["Revised contract", html`<strong>${money(row.revised_contract)}</strong>`, unknown.changes && "Not known without its changes"],
      row.revised_by_application !== null && ["By its newest application", html`${money(row.revised_by_application)}${differs && html` <span class="warntext">Spectrum's own revised contract differs by ${money(difference(row.revised_by_application, row.revised_contract))}</span>`}`],
    ]} />
    <${Behind} title="Changes" why=${unknown.changes} path="job/customer" query=${{ ...query, what: "changes", customer: row.customer_code }} none="No change request." total="Total of those that count" shown=${row.approved_changes} columns=${[
      { title: "Change request", cell: (each) => html`<strong class=${counts(each)}>${each.change_request_number || "–"}</strong>` },
      { title: "Description", kind: "wide", cell: (each) => each.cr_description },
      { title: "Entered", cell: (each) => day(each.origination_date) },
      { title: "Approved", cell: (each) => day(each.approved_date) },
      { title: "Status", kind: "wide", cell: why },
      { title: "Revenue", kind: "num", cell: (each) => html`<span class=${counts(each)}>${each.amount === null ? "none" : money(each.amount)}</span>` },
    ]} />
    <${Behind} title="Schedule of values" path="job/customer" query=${{ ...query, what: "schedule_of_values", customer: row.customer_code }} none="The contract has no lines." total="Total" shown=${row.original_contract} columns=${[
      { title: "Billing item", cell: (each) => html`<code>${each.billing_item || "–"}</code>` },
      { title: "Description", kind: "wide", cell: (each) => each.billing_description },
      { title: "Original", kind: "num", cell: (each) => money(each.amount) },
    ]} />`;
}

function Billing({ row, unknown, query }) {
  const list = (what) => ({ path: "job/customer", query: { ...query, what, customer: row.customer_code } });
  return html`
    <${Behind} title="Applications" why=${unknown.applications} ...${list("applications")} none="No application: this customer is billed by invoices." total="Complete and stored to date, by the newest" shown=${row.applied} columns=${[
      { title: "No.", cell: (each) => html`<strong>${each.application_number}</strong>` },
      { title: "Work to", cell: (each) => day(each.period_end_date) },
      { title: "Contract", kind: "num", help: "Revised contract, as the application has it", cell: (each) => amount(each.revised_contract_amount) },
      { title: "Complete", kind: "num", help: "Work complete to date", cell: (each) => amount(each.complete_to_date) },
      { title: "Stored", kind: "num", help: "Material that is stored and billed, to date", cell: (each) => amount(each.material_stored) },
      { title: "Retainage", kind: "num", help: "On work and stored material, to date", cell: (each) => amount(each.retained) },
      { title: "Billed before", kind: "num", cell: (each) => amount(each.amount_billed_previous) },
      { title: "Due", kind: "num", help: "Due by this application", cell: (each) => amount(each.amount_due) },
    ]} />
    <${Behind} title="Invoices" why=${unknown.invoices} ...${list("invoices")} none="No invoice." total="Total of those that count" shown=${row.invoiced} columns=${[
      { title: "Invoice", cell: (each) => html`<strong>${each.invoice_or_transaction}</strong> ${each.transaction_type}` },
      { title: "Date", cell: (each) => day(each.invoice_date) },
      { title: "Remarks", kind: "wide", cell: (each) => each.counted ? each.remarks : html`<span class="warntext">Reversed: bills nothing</span>` },
      { title: "Retainage", kind: "num", cell: (each) => amount(each.retention_amount) },
      { title: "Amount", kind: "num", cell: (each) => html`<span class=${each.counted ? "" : "faint"}>${amount(each.amount)}</span>` },
      !unknown.receivables && { title: "Open", kind: "num", cell: (each) => (each.open_amount === null ? html`<span class="faint">paid</span>` : money(each.open_amount)) },
    ]} />
    <${Behind} title="Open" why=${unknown.receivables} ...${list("receivables")} none="Nothing is open." total="Total" shown=${row.open_amount} columns=${[
      { title: "Invoice", cell: (each) => html`<strong>${each.invoice_or_transaction}</strong> ${each.transaction_type}` },
      { title: "Date", cell: (each) => day(each.invoice_date) },
      { title: "Age", kind: "num", cell: (each) => (each.age_days === null ? html`<span class="faint">no date</span>` : `${count(each.age_days)} days`) },
      { title: "Invoiced", kind: "num", cell: (each) => amount(each.invoice_amount) },
      { title: "Open", kind: "num", cell: (each) => money(each.amount) },
    ]} />`;
}

function Subcontract({ row, unknown, query }) {
  const of = { ...query, vendor: row.vendor_code, number: row.subcontract_number };
  return html`
    <${Facts} rows=${[
      ["Issued", day(row.date_issued)],
      ["Original", amount(row.original_amount)], ["Executed changes", amount(row.executed_changes)],
      ["Revised", html`<strong>${amount(row.revised_amount)}</strong>`],
      ["Invoiced", amount(row.invoiced)],
      ["Balance", row.balance === null ? amount(null) : html`<strong class=${row.overbilled ? "badtext" : ""}>${money(row.balance)}</strong>${row.overbilled ? " more was invoiced than agreed" : ""}`],
      ["Paid", amount(row.paid)], ["Retained", amount(row.retained)],
    ]} />
    <${Behind} title="Lines and changes" path="job/subcontract" query=${{ ...of, what: "lines" }} none="It has no lines." total="Total of those that count" shown=${row.revised_amount} columns=${[
      { title: "Phase", cell: (each) => html`<code>${each.phase_code}</code> <abbr title=${COST_TYPES[each.cost_type] ?? each.cost_type}>${each.cost_type}</abbr>` },
      { title: "Line", kind: "wide", cell: (each) => each.change_request_number !== null ? html`Change ${each.change_request_number}, ${CHANGE_STATES[each.change_status] ?? "without a status"}${!each.counted && ": not in the revised amount"}`
        : each.description ?? (each.bid_item_number ? `Bid item ${each.bid_item_number}` : "Original") },
      { title: "Invoiced", kind: "num", help: "Invoiced on the line to date", cell: (each) => (each.change_request_number !== null ? "" : amount(each.invoiced)) },
      { title: "Amount", kind: "num", cell: (each) => html`<span class=${each.counted ? "" : "faint"}>${money(each.amount)}</span>` },
    ]} />
    <${Behind} title="Vendor's invoices" why=${unknown.payables} path="job/subcontract" query=${{ ...of, what: "invoices" }} none="No invoice names this subcontract." total="Total that the job bears" columns=${[
      { title: "Invoice", cell: (each) => html`<strong>${each.invoice_number}</strong> ${each.invoice_type_code === "C" ? KINDS.C : ""}` },
      { title: "Date", cell: (each) => day(each.invoice_date) },
      { title: "Due", cell: (each) => day(each.due_date) },
      { title: "Retained", kind: "num", help: "Of the whole invoice", cell: (each) => amount(each.retained_amount) },
      { title: "Job bears", kind: "num", cell: (each) => amount(each.amount) },
      { title: "Paid", kind: "num", cell: (each) => amount(each.job_paid_amount) },
      { title: "Open", kind: "num", cell: (each) => amount(each.job_open_amount) },
    ]} />`;
}

function Order({ row, query }) {
  return html`<${Facts} rows=${[["Vendor", row.vendor_name ?? (row.vendor_code || "–")], ["Ordered on", day(row.order_date)], ["Ordered", amount(row.ordered_amount)],
    ["Received", amount(row.received_amount)], ["Open", html`<strong>${amount(row.open_amount)}</strong>`]]} />
  <${Behind} title="Lines for this job" path="job/order" query=${{ ...query, number: row.po_number }} none="It has no lines." total="Total" shown=${row.ordered_amount} columns=${[
    { title: "Line", cell: (each) => each.line_number },
    { title: "Phase", cell: (each) => html`<code>${each.phase_code}</code> ${each.cost_type}` },
    { title: "Item", kind: "wide", cell: (each) => each.item_description },
    { title: "Quantity", kind: "num", cell: (each) => (each.ordered_quantity === null ? "–" : `${Number(each.ordered_quantity)} ${each.unit_of_measure ?? ""}`) },
    { title: "Ordered", kind: "num", cell: (each) => amount(each.amount) },
    { title: "Received", kind: "num", cell: (each) => amount(each.received_amount) },
    { title: "Open", kind: "num", cell: (each) => amount(each.open_amount) },
  ]} />`;
}
