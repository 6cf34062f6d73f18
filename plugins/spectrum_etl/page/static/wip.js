// WIP: the schedule of work in progress at a month end, as known then or now. Every figure opens what is behind it.
import { useEffect, useState } from "./vendor/preact-hooks.js";
import { address, day, html, keepInAddress, link, moment, money, month, plural, useData, useSettled } from "./lib.js";
import { Choice, Download, Empty, Icon, Problem, Search, Table } from "./parts.js";
import { close, open, placeOf } from "./places.js";
import { Grid } from "./grid.js";
import { Marts } from "./marts.js";
import { useMarts } from "./computed.js";
import { APART, columnsOf } from "./wipcolumns.js";
import { WipBehind } from "./wipbehind.js";

const FIRST = "job_number";
const JOBS = [["open", "Not complete"], ["complete", "Complete"]];
/** The list as it was left, for the way back to it. */
let left = {};

export function Wip({ company, path, query }) {
  const months = useData("wip/months", { company });
  const marts = useMarts(company, months.reload);
  if (!months.data) return html`<${Problem} error=${months.error} retry=${months.reload} />${!months.error && html`<p class="loading">Loading the month ends…</p>`}`;
  const state = marts.data && html`<div class="bar"><${Marts} marts=${marts.data} company=${company} reload=${marts.reload} /></div>`;
  if (!months.data.rows.length) return html`${state}<${Empty} title="No WIP schedule yet" icon="none">It is computed with the other marts, once jobs, contracts and costs are synced.</>`;
  return html`<${Schedule} company=${company} ends=${months.data.rows} path=${path} query=${path.length ? { ...left, ...query } : query}
    marts=${marts} state=${state} computed=${marts.data?.computed_at} />`;
}

/** The month that is shown first: the newest that is closed, which is the one that is reported. */
const newest = (ends) => (ends.find((end) => end.closed_at) ?? ends[0]).month_end;

function Schedule({ company, ends, path, query, marts, state, computed }) {
  const [text, setText] = useState(query.search ?? "");
  const [chosen, setChosen] = useState({
    month_end: ends.some((end) => end.month_end === query.month_end) ? query.month_end : newest(ends),
    known: query.known === "then" ? "then" : "now", sort: query.sort ?? FIRST, jobs: query.jobs,
  });
  const search = useSettled(text);
  // Another company may not have the month.
  if (!ends.some((end) => end.month_end === chosen.month_end)) chosen.month_end = newest(ends);
  const asked = { company, ...chosen, search };
  const found = useData("wip", asked);
  const kept = { ...chosen, known: chosen.known === "now" ? undefined : "then", sort: chosen.sort === FIRST ? undefined : chosen.sort, search: text };
  left = kept;
  const opened = path.length === 3;
  // At once, not when typing has settled: somebody who opens a figure right away finds the search again, too.
  useEffect(() => { if (!opened) keepInAddress("wip", kept); }, [JSON.stringify(kept), opened]);
  useEffect(() => { if (computed) found.reload(); }, [computed]);
  const choose = (changed) => setChosen({ ...chosen, ...changed });
  const here = ends.filter((end) => end.month_end === chosen.month_end);
  const look = (row, what) => open(placeOf(["wip", row.company_code, row.job_number, what], { month_end: chosen.month_end, known: chosen.known }));
  const several = new Set(ends.map((end) => end.company_code)).size > 1;
  const options = [...new Map(ends.map((end) => [end.month_end, `${month(end.month_end)}${end.closed_at ? "" : " (open)"}`]))];
  const sorting = { sort: chosen.sort, onSort: (sort) => choose({ sort }) };
  return html`
    <div class="bar"><${Choice} label="Month end" value=${chosen.month_end} options=${options} onChange=${(month_end) => choose({ month_end })} />
      <${Known} value=${chosen.known} here=${here} onChange=${(known) => choose({ known })} />
      <${Search} value=${text} onInput=${setText} label="Search job number or name" />
      <${Choice} label="Jobs" value=${chosen.jobs} all="All" options=${JOBS} onChange=${(jobs) => choose({ jobs })} />
      <span class="space"></span>${isShown(here, chosen.known) && html`<${Download} href=${address("api/wip.csv", asked)} />`}</div>
    ${state}
    <${NotKnownThen} here=${here} known=${chosen.known} />
    ${found.error && !found.data ? html`<${Problem} error=${found.error} retry=${found.reload} />` : !found.data ? html`<p class="loading">Loading the schedule…</p>`
      : html`<div aria-busy=${found.loading}><${Shown} data=${found.data} known=${chosen.known} here=${here} several=${several} look=${look} sorting=${sorting} narrowed=${Boolean(search || chosen.jobs)} /></div>`}
    ${opened && html`<${WipBehind} key=${path.join("/")} company=${decodeURIComponent(path[0])} job=${decodeURIComponent(path[1])} what=${decodeURIComponent(path[2])}
      month_end=${chosen.month_end} known=${chosen.known} onClose=${() => close(link("wip", kept))} />`}`;
}

/** As known now, or as it was known when the month was closed. */
const Known = ({ value, here, onChange }) => html`<fieldset class="known"><legend class="hidden">As known</legend>${[["now", "As known now"], ["then", "As known then"]].map(([key, title]) => html`
  <label key=${key} class=${key === value ? "chosen" : ""} title=${key === "then" ? thenIs(here) : "By what is staged now; there is one estimate, today's"}><input type="radio" name="known" value=${key} checked=${key === value} onChange=${() => onChange(key)} /> ${title}</label>`)}</fieldset>`;

const thenIs = (here) => {
  const closed = here.map((end) => end.closed_at).filter(Boolean).sort().pop();
  return closed ? `By what was staged when the month was closed, ${moment(closed)}` : "The month is not closed yet";
};

/** Whether there is anything to show: of a month end that nobody knows as it was then, there is not. */
const isShown = (here, known) => known === "now" || here.some((end) => end.then_is_known);

/** Why it is not known how jobs stood when the month was closed, company by company. */
function NotKnownThen({ here, known }) {
  const missing = here.filter((end) => !end.then_is_known);
  if (known === "now") return null;
  const why = (end) => (end.closed_at ? `it was closed ${day(end.closed_at.slice(0, 10))}, before the first complete sync${end.known_since ? ` of ${moment(end.known_since)}` : ""}` : "it is not closed yet");
  return missing.map((end) => html`<div key=${end.company_code} class="notice warn">How the jobs${here.length > 1 ? ` of company ${end.company_code}` : ""} stood at the close
    of ${month(end.month_end)} is not known: ${why(end)}.</div>`);
}

/** Each with its place, by which a table knows its rows: hundreds of them are written anew faster than moved. */
const placed = (rows) => rows.map((row, place) => ({ ...row, place }));

function Shown({ data, known, here, several, look, sorting, narrowed }) {
  const { totals, apart_totals: apartTotals } = data;
  const [rows, apart] = [placed(data.rows), placed(data.apart)];
  if (!isShown(here, known)) return null;
  if (!rows.length && !apart.length) return html`<${Empty} title=${narrowed ? "No job matches" : "No job has figures at this month end"} icon=${narrowed ? "search" : "none"} />`;
  const faded = here.some((end) => end.then_is_known);
  const keyOf = (row) => row.place;
  const lacking = rows.filter((row) => row.not_known_because && row.is_known).length;
  return html`
    ${rows.length > 0 && html`<${Figures} totals=${totals} faded=${faded} />
      ${lacking > 0 && html`<p class="lead">Of ${plural(lacking, "job")} some figures are not known: marked with <span class="outdated"><${Icon} name="warn" /></span>, which says why. A total says how many jobs it leaves out.</p>`}
      ${!faded && html`<p class="lead">How profits have faded since the month was closed is not known: ${here.some((end) => end.closed_at) ? "the month was closed before the first complete sync" : "the month is not closed yet"}.</p>`}
      <div class="wip"><${Grid}><${Table} label="WIP schedule; arrow keys move between the numbers" rows=${rows} keyOf=${keyOf} foot tall
        columns=${columnsOf({ known, faded, several, totals, look, ...sorting })} /></></div>
      <p class="faint">${plural(rows.length, "job")} with a contract. Amounts in whole units; the file and what is behind a number have the cents.</p>`}
    ${apart.length > 0 && html`<section class="part" aria-label="Without a contract"><h3>Without a contract</h3>
      <p class="lead">${plural(apart.length, "job has", "jobs have")} costs or billings and no contract: nothing is earned, and they are in none of the totals above.</p>
      <${Grid}><${Table} label="Jobs without a contract; arrow keys move between the numbers" rows=${apart} keyOf=${keyOf} foot tall
        columns=${columnsOf({ known, faded: false, several, totals: apartTotals, look, only: APART, ...sorting })} /></></section>`}`;
}

function Figures({ totals, faded }) {
  const whole = (name) => (totals[name].sum === null ? html`<span class="faint">not known</span>` : money(totals[name].sum, { cents: false }));
  const lacks = (name) => totals[name].sum !== null && totals[name].unknown > 0 && html`<span class="second">without ${plural(totals[name].unknown, "job")}</span>`;
  return html`<dl class="figures many" aria-label="Totals">
    <div><dt>Revised contracts</dt><dd>${whole("revised_contract")}${lacks("revised_contract")}</dd></div>
    <div><dt>Earned revenue</dt><dd>${whole("earned_revenue")}${lacks("earned_revenue")}</dd></div>
    <div><dt>Billed to date</dt><dd>${whole("billed_to_date")}${lacks("billed_to_date")}</dd></div>
    <div title="Billed beyond what is earned: a liability"><dt>Over-billed</dt><dd class="overbilled">${whole("over_billed")}${lacks("over_billed")}</dd></div>
    <div title="Earned and not billed: an asset"><dt>Under-billed</dt><dd class="underbilled">${totals.under_billed.sum === null || !Number(totals.under_billed.sum) ? whole("under_billed") : html`(${whole("under_billed")})`}${lacks("under_billed")}</dd></div>
    <div><dt>Loss provision</dt><dd>${whole("loss_provision")}${lacks("loss_provision")}</dd></div>
    <div><dt>Backlog</dt><dd>${whole("backlog")}${lacks("backlog")}</dd></div>
    ${faded && html`<div title="Profit at completion now less then: in parentheses it has faded since the month was closed"><dt>Fade since the close</dt><dd class=${Number(totals.fade.sum) < 0 ? "badtext" : ""}>${whole("fade")}${lacks("fade")}</dd></div>`}
  </dl>`;
}
