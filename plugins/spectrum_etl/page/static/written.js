// What would be written to Spectrum, or was: what all lines share once, then the lines as a table, with totals.
import { html, money } from "./lib.js";

const AS_ENTERED = "(as you enter it)";

const shownAs = (cell, value) => (cell.amount ? money(value) : value);

/** A value; one that the form fills follows what is typed: `answers` holds what differs from the proposals. */
function Value({ cell, answers }) {
  const typed = cell.field ? answers?.[cell.field]?.trim() : undefined;
  const value = typed === undefined ? cell.value : typed || AS_ENTERED;
  return value === AS_ENTERED ? html`<span class="warntext">${value}</span>` : html`<strong title=${cell.element}>${shownAs(cell, value)}</strong>`;
}

/** What Spectrum holds now, beside what it will hold; nothing where all of it is new. */
function Now({ cell, section, moved }) {
  if (section.new || cell.key) return null;
  if (cell.same) return html` <span class="faint now">unchanged</span>`;
  if (moved) return null;
  const now = cell.now === null ? cell.note : `now ${shownAs(cell, cell.now)}`;
  return now ? html` <span class="faint now">${now}</span>` : null;
}

export function Written({ sections, answers, moved }) {
  // Which record it is about is told once: the lines of a subcontract name no other one.
  const told = new Set();
  const isNews = (fact) => {
    const text = `${fact.label} ${fact.value}`;
    const known = fact.key && told.has(text);
    told.add(text);
    return !known;
  };
  return html`${sections.map((section) => html`<section class="written">
    <h4>${section.title}</h4>
    ${!moved && section.lines.some((line) => line.exists) && html`<div class="notice bad">Spectrum holds this already. It is not
      overwritten: the export would fail. Choose another id.</div>`}
    <dl class="facts">${section.facts.filter(isNews).map((fact) => html`<dt>${fact.label}</dt>
      <dd><${Value} cell=${fact} answers=${answers} /><${Now} cell=${fact} section=${section} moved=${moved} /></dd>`)}</dl>
    <${Lines} section=${section} answers=${answers} moved=${moved} /></section>`)}`;
}

/** One row a line, one column an element: phase, cost type, description, amount. */
function Lines({ section, answers, moved }) {
  const cells = section.lines.map((line) => [...line.key, ...line.cells]);
  const columns = new Map(cells.flat().map((cell) => [cell.element, cell]));
  if (!columns.size) return null;
  const totals = Object.fromEntries(section.totals.map((total) => [`${section.service}.${total.element}`, total]));
  const order = [...columns.values()].sort((one, other) => Number(other.key) - Number(one.key));
  const kind = (cell) => (cell.amount || cell.number ? "num" : cell.key ? "" : "wide");
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${section.title}><table>
    <thead><tr>${order.map((cell) => html`<th scope="col" class=${kind(cell)}>${cell.label}</th>`)}</tr></thead>
    <tbody>${cells.map((line) => html`<tr>${order.map((column) => {
      const cell = line.find((each) => each.element === column.element);
      return html`<td class=${kind(column)}>${cell ? html`<${Value} cell=${cell} answers=${answers} /><${Now} cell=${cell} section=${section} moved=${moved} />` : html`<span class="faint">–</span>`}</td>`;
    })}</tr>`)}</tbody>
    ${section.totals.length > 0 && html`<tfoot><tr>${order.map((column, index) => html`<td class=${kind(column)}>
      ${totals[column.element] ? html`${money(totals[column.element].amount)}${totals[column.element].now !== null && !moved && html` <span class="faint now">now ${money(totals[column.element].now)}</span>`}`
        : index === 0 ? `Total of ${section.lines.length} ${section.lines.length === 1 ? "line" : "lines"}` : ""}</td>`)}</tr></tfoot>`}
  </table></div>`;
}

/** `Contract amount 12,300.00`, for the answer bar and the lists. */
export const Totals = ({ totals }) => html`${(totals ?? []).map((total) => html`<span class="total">${total.label} <strong>${money(total.amount)}</strong></span>`)}`;
