// The columns of the WIP schedule: sorted by their titles, with totals, and a number that opens what is behind it.
import { count, html, money } from "./lib.js";
import { Icon } from "./parts.js";

/** Columns of jobs without a contract: what does not need one. */
export const APART = ["cost_at_completion", "cost_to_date", "billed_to_date", "retainage"];
const SHORT = { F: "Fixed", T: "T & M", C: "Cost +", U: "Unit" };

/** Title, what is opened, and what it means; in the order of the file. */
const COLUMNS = [
  ["revised_contract", "Revised contract", "contract", "Original contract and approved changes"],
  ["cost_at_completion", "Cost at completion", "estimate", "What the job will have cost: Spectrum's projections, else the budget, never less than what is posted"],
  ["gross_profit_at_completion", "Profit at completion", "estimate", "Revised contract less cost at completion; in parentheses the job loses money"],
  ["cost_to_date", "Cost to date", "cost", "Posted up to the month end"],
  ["percent_complete", "Complete", "cost", "Cost to date in percent of cost at completion"],
  ["earned_revenue", "Earned", "earned", "Fixed price: revised contract by cost. Time and material, cost plus: what is billed. Unit price: work complete by the applications"],
  ["billed_to_date", "Billed", "billed", "Up to the month end, retainage included"],
  ["over_under_billed", "Over / (under) billed", "earned", "Billed less earned: over-billed is a liability, under-billed an asset"],
  ["gross_profit_to_date", "Profit to date", "earned", "Earned less cost to date, before the loss provision"],
  ["loss_provision", "Loss provision", "earned", "So that the whole loss of the job is in the books"],
  ["backlog", "Backlog", "earned", "Revised contract less earned: still to be earned"],
  ["retainage", "Retainage", "billed", "What customers hold back"],
  ["original_contract", "Original contract", "contract", "Of all contracts of the job"],
  ["approved_changes", "Approved changes", "contract", "Approved up to the month end, or without a date"],
];
/** How the profit has faded: what the other column than the one that is shown says, and the difference. */
const THEN = ["gross_profit_at_completion_then", "Profit then", "fade", "Profit at completion as known when the month was closed"];
const NOW = ["gross_profit_at_completion_now", "Profit now", "fade", "Profit at completion of the same month end as known now"];
const FADE = ["fade", "Fade", "fade", "Profit now less profit then: in parentheses it has faded since the month was closed"];

export function columnsOf({ known, faded, several, totals, look, sort, onSort, only }) {
  const fades = faded ? [known === "now" ? THEN : NOW, FADE] : [];
  const shown = COLUMNS.flatMap((column) => (column[0] === "gross_profit_at_completion" ? [column, ...fades] : [column]));
  const title = (name, text, first) => {
    const at = [name, `-${name}`].indexOf(sort);
    const next = at < 0 ? first : at ? name : `-${name}`;
    return html`<button class="sort" aria-label=${`Sort by ${text.toLowerCase()}${at < 0 ? "" : at ? ", greatest first now" : ", least first now"}`} aria-pressed=${String(at >= 0)} onClick=${() => onSort(next)}>
      ${text}${at >= 0 && html` <span aria-hidden="true">${at ? "↓" : "↑"}</span>`}</button>`;
  };
  // Apart stand jobs without a contract, so that it lacks is no news there.
  const lacks = (row) => row.is_known && row.not_known_because && (!only || only.some((name) => row[name] === null));
  const figures = shown.filter(([name]) => !only || only.includes(name)).map(([name, text, what, help]) => ({
    title: title(name, text, `-${name}`), help, kind: "num", foot: html`<${Total} name=${name} totals=${totals} />`,
    cell: (row) => (row[name] === null ? html`<${Unknown} row=${row} />` : html`
      <button class="number" title=${exact(name, row[name])} onClick=${() => look(row, what)}><${Figure} name=${name} value=${row[name]} /></button>`),
  }));
  return [
    { title: title("job_number", "Job", "job_number"), kind: "job", foot: "Total", cell: (row) => html`<strong>${row.job_number}</strong>${lacks(row) && html` <${Mark} row=${row} />`}
      <span class="second" title=${row.job_description}>${row.job_description ?? "job is not staged"}</span>` },
    several && { title: title("company_code", "Company", "company_code"), cell: (row) => row.company_code },
    { title: title("price_method", "Price", "price_method"), cell: (row) => html`<span title=${row.price_method}>${SHORT[row.price_method_code] ?? row.price_method_code ?? html`<span class="faint">–</span>`}</span>` },
    ...figures,
  ].filter(Boolean);
}

const exact = (name, value) => `What is behind ${name === "percent_complete" ? `${Number(value)} %` : money(value)}`;
const Mark = ({ row }) => html`<span class="outdated" title=${row.not_known_because}><${Icon} name="warn" /><span class="hidden">Not all is known: ${row.not_known_because}</span></span>`;
const Unknown = ({ row }) => html`<span class="faint" title=${row.not_known_because ?? "It was not in the schedule then"}>not known</span>`;

function Figure({ name, value }) {
  if (name === "percent_complete") return `${Number(value).toFixed(1)} %`;
  if (name === "over_under_billed") return html`<${OverUnder} value=${value} />`;
  const bad = ["gross_profit_at_completion", "gross_profit_at_completion_then", "gross_profit_at_completion_now", "gross_profit_to_date", "fade", "backlog"].includes(name) && Number(value) < 0;
  return html`<span class=${bad ? "badtext" : name === "loss_provision" && Number(value) > 0 ? "badtext" : ""}>${money(value, { cents: false })}</span>`;
}

/** By colour, by sign and by word: over-billed, or in parentheses under-billed. */
export function OverUnder({ value, cents = false }) {
  const number = Number(value);
  if (!number) return money(value, { cents });
  return html`<span class=${number > 0 ? "overbilled" : "underbilled"}><small>${number > 0 ? "over" : "under"}</small> ${money(value, { cents })}</span>`;
}

/** Of the jobs of which it is known; of how many it is not, stands below. */
function Total({ name, totals }) {
  if (name === "percent_complete") return "";
  if (name === "over_under_billed") {
    return html`<${OverUnder} value=${totals.over_billed.sum ?? 0} /><br /><${OverUnder} value=${totals.under_billed.sum === null ? 0 : `-${totals.under_billed.sum}`} /><${Without} number=${totals.over_billed.unknown} />`;
  }
  const { sum, unknown } = totals[name];
  return html`${sum === null ? html`<span class="faint">not known</span>` : html`<span title=${money(sum)}><${Figure} name=${name} value=${sum} /></span>`}<${Without} number=${sum === null ? 0 : unknown} />`;
}
const Without = ({ number }) => number > 0 && html`<span class="second" title="Of how many jobs it is not known">without ${count(number)}</span>`;
