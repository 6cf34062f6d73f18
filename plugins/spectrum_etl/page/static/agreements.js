// What is agreed on a job and billed of it: contracts, billings, subcontracts, purchase orders. What a site does not
// show is said in words; nothing that is not known is 0.
import { html, money, count, day, plural, useData } from "./lib.js";
import { Badge, Problem, Table } from "./parts.js";
import { exactSum } from "./amounts.js";
import { Grid } from "./grid.js";
import { documentOf, Document, SUBCONTRACT_STATES } from "./documents.js";

export const PARTS = ["Contract", "Billings", "Subcontracts", "Purchase orders"];
const PRICES = { F: "Fixed price", T: "Time and material", C: "Cost plus", U: "Unit price" };
const APPLIED = "Work complete and stored material to date, retainage included, by the newest application of each customer";
const RETAINED = "Held back by the customer: by the newest application, or by the invoices where there are no applications";
const BALANCE = "Revised less invoiced: what is still to be invoiced; in parentheses where more was invoiced than agreed";

/** `look` opens a place of the job; `named` is the place that is open, as its path names it. */
export function Agreements({ company, job, head, look, named, onClose }) {
  const found = useData("job/agreements", { company, job });
  if (!found.data) return html`<${Problem} error=${found.error} retry=${found.reload} />${!found.error && html`<p class="loading">Loading contracts and billings…</p>`}`;
  const shown = documentOf(named, found.data);
  return html`
    <${Contracts} ...${found.data} look=${look} />
    <${Billings} ...${found.data} look=${look} />
    <${Subcontracts} ...${found.data} look=${look} />
    <${Orders} ...${found.data} look=${look} />
    ${shown && html`<${Document} ...${shown} unknown=${found.data.unknown} company=${company} job=${job} head=${head} onClose=${onClose} />`}`;
}

/** A column of amounts, each of which opens what is behind it. `total`: null where one of them is not known. */
const amounts = (title, value, onOpen, { total, help, kind } = {}) => ({
  title, help, kind: "num", foot: total === undefined ? "" : amount(total),
  cell: (row) => (value(row) === null ? amount(null) : html`<button class="number" title="What is behind this number" onClick=${() => onOpen(row)}>
    <span class=${kind?.(row) ?? ""}>${money(value(row))}</span></button>`),
});
const amount = (value) => (value === null || value === undefined ? html`<span class="faint" title="Not known, or not there">–</span>` : money(value));
const unknown = (title, why) => ({ title, kind: "num", help: why, cell: () => html`<span class="faint" title=${why}>not known</span>` });
const sum = (rows, name) => exactSum(rows.map((row) => row[name]));
const Customer = ({ row }) => row.customer_name ?? (row.customer_code || html`<span class="warntext">Customer is not shown</span>`);

/** A part of the page: its head, what is not known of it, and its table where there is anything. */
const Part = ({ title, why, none, rows, lead, children }) => html`<section class="part" aria-label=${title} tabindex="-1"><h3>${title}</h3>
  ${why ? html`<p class="lead">${why}</p>` : !rows.length ? html`<p class="lead">${none}</p>` : html`${lead && html`<p class="lead">${lead}</p>`}${children}`}</section>`;

function Contracts({ customers, unknown: why, look }) {
  const rows = customers.filter((row) => row.has_contract || Number(row.approved_changes) !== 0);
  const show = (row) => look("contract", row.customer_code || "-");
  const columns = [
    { title: "Customer", kind: "wide", cell: (row) => html`<${Customer} row=${row} />`, foot: "Total" },
    { title: "Contract", kind: "wide", cell: (row) => row.has_contract ? html`${row.contract_number ?? "–"}<span class="second">${row.contract_description}</span>` : html`<span class="warntext">Changes without a contract</span>` },
    { title: "Price", cell: (row) => PRICES[row.price_method_code] ?? row.price_method_code ?? html`<span class="faint">–</span>` },
    amounts("Original", (row) => row.original_contract, show, { total: sum(rows.filter((row) => row.has_contract), "original_contract") }),
    why.changes ? unknown("Approved changes", why.changes)
      : amounts("Approved changes", (row) => row.approved_changes, show, { total: sum(rows, "approved_changes"), help: "Revenue of change requests that have a change order, or a status that counts" }),
    why.changes ? unknown("Revised", why.changes) : amounts("Revised", (row) => row.revised_contract, show, { total: sum(rows, "revised_contract"), help: "Original and approved changes" }),
  ];
  const several = rows.filter((row) => row.has_contract).length;
  const lead = [why.changes, several > 1 && `The job has ${plural(several, "contract")}: their amounts are added up.`].filter(Boolean).join(" ");
  return html`<${Part} title="Contract" why=${why.contracts} rows=${rows} none="No contract is entered for this job." lead=${lead}>
    <${Grid}><${Table} label="Contract; arrow keys move between the numbers" columns=${columns} rows=${rows} foot=${rows.length > 1} keyOf=${(row) => row.customer_code} /></></>`;
}

function Billings({ customers, unknown: why, look }) {
  const rows = customers.filter((row) => row.applications > 0 || row.invoices > 0 || Number(row.open_amount) !== 0);
  const streams = rows.filter((row) => row.applications > 0);
  const show = (row) => look("billing", row.customer_code || "-");
  const held = (row) => row.retained ?? (row.applications ? null : row.invoices_retained);
  const newest = (row) => (row.applications ? html`No. ${row.application_number}<span class="second">to ${day(row.period_end_date)}</span>` : html`<span class="faint">none</span>`);
  const columns = [
    { title: "Customer", kind: "wide", cell: (row) => html`<${Customer} row=${row} />`, foot: "Total" },
    why.applications ? unknown("Newest application", why.applications) : { title: "Newest application", cell: newest },
    why.applications ? unknown("Complete and stored", why.applications)
      : amounts("Complete and stored", (row) => row.applied, show, { total: streams.length ? sum(streams, "applied") : null, help: APPLIED }),
    amounts("Retainage", held, show, { total: exactSum(rows.map(held)), help: RETAINED }),
    why.invoices ? unknown("Invoices", why.invoices) : { title: "Invoices", kind: "num", cell: (row) => count(row.invoices) },
    why.invoices ? unknown("Invoiced", why.invoices)
      : amounts("Invoiced", (row) => (row.invoices ? row.invoiced : null), show, { total: sum(rows.filter((row) => row.invoices), "invoiced"), help: "All invoices that were not reversed, with tax, paid or not" }),
    why.receivables ? unknown("Open", why.receivables)
      : amounts("Open", (row) => row.open_amount, show, { total: sum(rows, "open_amount"), help: "What the customer owes of the invoices" }),
  ];
  const reasons = [why.applications, why.invoices, why.receivables].filter(Boolean).join(" ");
  const lead = [reasons, streams.some((row) => row.invoices) && "Applications say what is complete to date, invoices what was sent: the same work is in both."].filter(Boolean).join(" ");
  return html`<${Part} title="Billings" why=${why.applications && why.invoices && `${why.applications} ${why.invoices}`} rows=${rows} none="Nothing is billed yet." lead=${lead}>
    <${Grid}><${Table} label="Billings; arrow keys move between the numbers" columns=${columns} rows=${rows} foot=${rows.length > 1} keyOf=${(row) => row.customer_code} /></></>`;
}

const STATE_BADGES = { A: "ok", I: "warn" };

function Subcontracts({ subcontracts: rows, unknown: why, look }) {
  const show = (row) => look("subcontract", row.vendor_code, row.subcontract_number);
  const column = (title, name, more) => amounts(title, (row) => row[name], show, { total: sum(rows, name), ...more });
  const columns = [
    { title: "Vendor", kind: "wide", cell: (row) => row.vendor_name ?? row.vendor_code, foot: "Total" },
    { title: "Subcontract", cell: (row) => html`<strong>${row.subcontract_number}</strong>` },
    { title: "Status", cell: (row) => row.header_staged ? html`<${Badge} kind=${STATE_BADGES[row.status_code]}>${SUBCONTRACT_STATES[row.status_code] ?? row.status_code ?? "–"}</>` : html`<span class="warntext" title="Only lines or changes of it are staged">not staged</span>` },
    column("Original", "original_amount"),
    column("Changes", "executed_changes", { help: "Changes that were executed" }),
    column("Pending", "pending_changes", { help: "Changes that are proposed; not in the revised amount" }),
    column("Revised", "revised_amount", { help: "Original and executed changes" }),
    column("Invoiced", "invoiced"), column("Paid", "paid"),
    column("Retained", "retained", { help: "Invoiced, and held back from payment" }),
    column("Balance", "balance", { help: BALANCE, kind: (row) => (row.overbilled ? "badtext" : "") }),
  ];
  const over = rows.filter((row) => row.overbilled).length;
  const lead = [why.subcontract_changes, over > 0 && `${plural(over, "subcontract is", "subcontracts are")} invoiced beyond what was agreed: the balance is in parentheses.`].filter(Boolean).join(" ");
  return html`<${Part} title="Subcontracts" why=${why.subcontracts} rows=${rows} none="No subcontract is on this job." lead=${lead}>
    <${Grid}><${Table} label="Subcontracts; arrow keys move between the numbers" columns=${columns} rows=${rows} foot tall
      keyOf=${(row) => `${row.vendor_code} ${row.subcontract_number}`} /></></>`;
}

function Orders({ orders: rows, unknown: why, look }) {
  const show = (row) => look("order", row.po_number);
  const column = (title, name, help) => amounts(title, (row) => row[name], show, { total: sum(rows, name), help });
  const columns = [
    { title: "Vendor", kind: "wide", cell: (row) => row.vendor_name ?? (row.vendor_code || html`<span class="faint">–</span>`), foot: "Total" },
    { title: "Order", cell: (row) => html`<strong>${row.po_number}</strong>` },
    { title: "Ordered on", cell: (row) => day(row.order_date) },
    { title: "Delivery", cell: (row) => day(row.delivery_date) },
    column("Ordered", "ordered_amount", "The order's lines for this job, without tax"),
    column("Received", "received_amount"),
    column("Open", "open_amount", "Ordered and not received yet"),
  ];
  return html`<${Part} title="Purchase orders" why=${why.orders} rows=${rows} none="No purchase order has a line for this job.">
    <${Grid}><${Table} label="Purchase orders; arrow keys move between the numbers" columns=${columns} rows=${rows} foot tall
      keyOf=${(row) => `${row.po_number} ${row.vendor_code}`} /></></>`;
}
