// What is behind a figure of the WIP schedule: how it is made of others, and the rows of Spectrum that it adds up.
import { day, html, link, moment, money, month, useData } from "./lib.js";
import { Dialog, Problem, Table } from "./parts.js";
import { Behind } from "./documents.js";
import { COST_TYPES } from "./behind.js";
import { difference } from "./amounts.js";
import { OverUnder } from "./wipcolumns.js";

const TITLES = { contract: "contract", estimate: "cost at completion", cost: "cost to date", earned: "earned and over- or under-billed", billed: "billed", fade: "then and now" };
const BASES = {
  cost: "by cost: revised contract × cost to date ÷ cost at completion", billed: "what is billed: only the invoices know rates and fees",
  "work complete": "the work that the applications say is complete, at the contract's prices",
};

export function WipBehind({ company, job, what, month_end: end, known, onClose }) {
  const query = { company, job, month_end: end, known };
  const found = useData("wip/job", query);
  const row = found.data?.job;
  const name = row ? `Job ${job} ${row.job_description ?? ""}: ${TITLES[what] ?? "figures"}, ${month(end)}` : `Job ${job}`;
  return html`<${Dialog} title=${name} onClose=${onClose} wide><${Problem} error=${found.error} retry=${found.reload} />
    ${!row && !found.error && html`<p class="loading">Loading…</p>`}
    ${row && html`<p class="lead">${known === "then" ? (row.is_known ? `As known when the month was closed, ${moment(row.known_at)}.` : "") : "As known now."}
        ${row.not_known_because && html` <span class="warntext">Not all is known: ${row.not_known_because}.</span>`}</p>
      ${what === "fade" ? html`<${Fade} fade=${found.data.fade} />` : html`<${Made} what=${what} row=${row} query=${query} />`}
      <p><a href=${link(`job-cost/${encodeURIComponent(company)}/${encodeURIComponent(job)}`)}>Job cost of this job</a></p>`}</>`;
}

const amount = (value) => (value === null || value === undefined ? html`<span class="faint">not known</span>` : money(value));
const percent = (value) => (value === null ? html`<span class="faint">not known</span>` : `${Number(value).toFixed(2)} %`);
const signed = (value) => html`<span class=${Number(value) < 0 ? "badtext" : ""}>${amount(value)}</span>`;
const Facts = ({ rows }) => html`<dl class="facts sums">${rows.filter(Boolean).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
const strong = (content) => html`<strong>${content}</strong>`;

/** The sums that lead to the figure, then the rows of each that is a sum of rows. */
function Made({ what, row, query }) {
  const list = (name) => ({ path: "wip/behind", query: { ...query, what: name } });
  if (what === "contract") {
    return html`<${Facts} rows=${[
        ["Original contract", amount(row.original_contract)], ["Approved changes", amount(row.approved_changes)],
        Number(row.undated_changes) !== 0 && row.undated_changes !== null && ["of which without a date", html`${money(row.undated_changes)} <span class="faint">count at every month end</span>`],
        ["Revised contract", strong(amount(row.revised_contract))],
        row.printed_revised_contract !== null && ["By the newest applications", html`${money(row.printed_revised_contract)}${Number(row.printed_difference) !== 0 && html` <span class="warntext">Spectrum's own figure differs by ${money(row.printed_difference)}</span>`}`],
      ]} /><${Contracts} ...${list("contracts")} shown=${row.original_contract} /><${Changes} ...${list("changes")} shown=${row.approved_changes} end=${row.month_end} />`;
  }
  if (what === "estimate") {
    return html`<${Facts} rows=${[
        ["Cost to date", amount(row.cost_to_date)], ["Cost to complete", amount(row.cost_to_complete)], ["Cost at completion", strong(amount(row.cost_at_completion))],
        ["Revised contract", amount(row.revised_contract)], ["Profit at completion", strong(signed(row.gross_profit_at_completion))], ["in percent", percent(row.gross_profit_percent)],
      ]} />${query.known === "now" && html`<p class="lead">There is one estimate, today's, whatever the month end.</p>`}<${Estimate} ...${list("estimate")} shown=${row.cost_at_completion} />`;
  }
  if (what === "billed") {
    return html`<${Facts} rows=${[["Billed to date", strong(amount(row.billed_to_date))], ["by", row.billed_basis ?? html`<span class="faint">nothing is billed</span>`], ["Retainage", amount(row.retainage)]]} />
      <${Billings} ...${list("billings")} shown=${row.billed_to_date} />`;
  }
  if (what === "cost") {
    return html`<${Facts} rows=${[["Cost to date", strong(amount(row.cost_to_date))], ["Cost at completion", amount(row.cost_at_completion)], ["Complete", strong(percent(row.percent_complete))]]} />
      <${Postings} ...${list("postings")} shown=${row.cost_to_date} />`;
  }
  return html`<${Facts} rows=${[
      ["Revised contract", amount(row.revised_contract)], ["Cost to date", amount(row.cost_to_date)], ["Cost at completion", amount(row.cost_at_completion)], ["Complete", percent(row.percent_complete)],
      ["Earned", html`${strong(amount(row.earned_revenue))} <span class="faint">${BASES[row.earned_basis] ?? ""}</span>`],
      ["Billed to date", amount(row.billed_to_date)],
      ["Billed less earned", row.over_under_billed === null ? amount(null) : strong(html`<${OverUnder} value=${row.over_under_billed} cents />`)],
      ["Profit to date", html`${signed(row.gross_profit_to_date)} <span class="faint">earned less cost to date</span>`],
      ["Profit at completion", signed(row.gross_profit_at_completion)],
      ["Loss provision", html`${amount(row.loss_provision)} <span class="faint">what the whole loss is beyond the loss to date</span>`],
      ["Backlog", html`${amount(row.backlog)} <span class="faint">revised contract less earned</span>`],
    ]} /><${Billings} ...${list("billings")} shown=${row.billed_to_date} /><${Changes} ...${list("changes")} shown=${row.approved_changes} end=${row.month_end} />
    <${Estimate} ...${list("estimate")} shown=${row.cost_at_completion} /><${Postings} ...${list("postings")} shown=${row.cost_to_date} />`;
}

const faint = (row) => (row.counted ? "" : "faint");

const Contracts = (given) => html`<${Behind} ...${given} title="Contracts" none="No contract." total="Total" columns=${[
  { title: "Customer", kind: "wide", cell: (each) => each.customer_name ?? each.customer_code },
  { title: "Contract", kind: "wide", cell: (each) => html`${each.contract_number} <span class="faint">${each.contract_description}</span>` },
  { title: "Date", cell: (each) => day(each.contract_date) },
  { title: "Original", kind: "num", cell: (each) => amount(each.amount) },
]} />`;

function Changes({ end, ...given }) {
  const why = (each) => (each.counted ? (each.change_order_number ? `Change order ${each.change_order_number}` : each.status) : !each.approved ? `${each.status ?? "No status"}: not approved` : `Approved after ${day(end)}`);
  return html`<${Behind} ...${given} title="Changes" none="No change has revenue." total="Total of those that count" columns=${[
    { title: "Change request", cell: (each) => html`<strong class=${faint(each)}>${each.change_request_number || "–"}</strong>` },
    { title: "Description", kind: "wide", cell: (each) => each.cr_description },
    { title: "Approved", cell: (each) => (each.approved_date ? day(each.approved_date) : html`<span class="faint">no date</span>`) },
    { title: "Status", kind: "wide", cell: why },
    { title: "Revenue", kind: "num", cell: (each) => html`<span class=${faint(each)}>${amount(each.amount)}</span>` },
  ]} />`;
}

const Estimate = (given) => html`<${Behind} ...${given} title="Cost at completion by phase" none="No phase has an estimate or cost." total="Total" columns=${[
  { title: "Phase", cell: (each) => html`<code>${each.phase_code}</code>` },
  { title: "Cost type", kind: "wide", cell: (each) => COST_TYPES[each.cost_type] ?? each.cost_type },
  { title: "Budget", kind: "num", cell: (each) => money(each.current_estimate) },
  { title: "Posted", kind: "num", help: "Everything that is posted, whatever its date", cell: (each) => money(each.actual_cost) },
  { title: "Projection", kind: "num", help: "Spectrum's own", cell: (each) => (each.entered_projection === null ? html`<span class="faint">none</span>` : money(each.entered_projection)) },
  { title: "At completion", kind: "num", cell: (each) => money(each.amount) },
]} />`;

const Billings = (given) => html`<${Behind} ...${given} title="Billings up to the month end" none="Nothing is billed up to the month end." total="Total of those that count" columns=${[
  { title: "Customer", kind: "wide", cell: (each) => each.customer_name ?? each.customer_code },
  { title: "Document", cell: (each) => html`${each.kind === "application" ? "Application" : "Invoice"} <strong class=${faint(each)}>${each.document_number}</strong>` },
  { title: "Date", cell: (each) => (each.billed_on ? day(each.billed_on) : html`<span class="warntext">no date</span>`) },
  { title: "", kind: "wide", cell: (each) => (each.counted ? (each.kind === "application" ? "Newest: what is complete to date" : "") : each.kind === "application" ? "An older one, which the newest includes" : "Reversed: bills nothing") },
  { title: "Retainage", kind: "num", cell: (each) => html`<span class=${faint(each)}>${amount(each.retainage)}</span>` },
  { title: "Billed", kind: "num", cell: (each) => html`<span class=${faint(each)}>${amount(each.amount)}</span>` },
]} />`;

const Postings = (given) => html`<${Behind} ...${given} title="Postings up to the month end" none="Nothing was posted up to the month end." total="Total" columns=${[
  { title: "Date", cell: (each) => day(each.tran_date) },
  { title: "Phase", cell: (each) => html`<code>${each.phase_code}</code> ${each.cost_type}` },
  { title: "Description", kind: "wide", cell: (each) => each.description },
  { title: "Vendor", cell: (each) => each.vendor_name ?? html`<span class="faint">–</span>` },
  { title: "Reference", cell: (each) => each.reference_1 },
  { title: "Amount", kind: "num", cell: (each) => money(each.amount) },
]} />`;

const FADES = [
  ["revised_contract", "Revised contract"], ["cost_at_completion", "Cost at completion"], ["gross_profit_at_completion", "Profit at completion"],
  ["cost_to_date", "Cost to date"], ["earned_revenue", "Earned"], ["billed_to_date", "Billed"], ["over_under_billed", "Over / (under) billed"],
];

/** The same month end as it was reported, and as it is known now. */
function Fade({ fade }) {
  if (!fade) return html`<p class="lead">The job was not in the schedule then.</p>`;
  const moved = (name) => {
    const [then, now] = [fade[`${name}_then`], fade[`${name}_now`]];
    return then === null || now === null ? null : difference(now, then);
  };
  const rows = FADES.map(([name, title]) => ({ name, title, then: fade[`${name}_then`], now: fade[`${name}_now`], moved: moved(name) }));
  return html`<${Facts} rows=${[["Then", fade.known_at ? `when the month was closed, ${moment(fade.known_at)}` : html`<span class="faint">not known</span>`], ["Fade", strong(signed(fade.fade))]]} />
    <${Table} label="Then and now" rows=${rows} keyOf=${(each) => each.name} columns=${[
      { title: "", kind: "wide", cell: (each) => (each.name === "gross_profit_at_completion" ? strong(each.title) : each.title) },
      { title: "Then", kind: "num", cell: (each) => amount(each.then) }, { title: "Now", kind: "num", cell: (each) => amount(each.now) },
      { title: "Now less then", kind: "num", cell: (each) => (each.name === "gross_profit_at_completion" ? signed(each.moved) : amount(each.moved)) },
    ]} />`;
}
