// One row of a plan, opened below itself: every field from → to, both systems side by side, and all matches.
import { html, moment, words } from "./lib.js";
import { Another } from "./another.js";
import { Badge } from "./parts.js";

const shown = (value) => (value === null || value === undefined || value === "" ? html`<span class="faint">blank</span>` : String(value));
const differs = (held) => String(held.spectrum ?? "").trim().toLowerCase() !== String(held.procore ?? "").trim().toLowerCase();

/** `decide(row, verb, record)`: where the row can be decided by who looks. */
export function PlanRow({ row, decide }) {
  const making = decide && ["create", "link", "take over"].includes(row.kind) && row.object_name !== "contract_links";
  return html`<div class="details">
    ${row.field && html`<p>${words(row.field)} is <code>${row.value || "blank"}</code>.</p>`}
    ${row.changes.length > 0 && html`<${Fields} title=${row.state === "applied" ? "What was written into Procore" : "What is written into Procore"} heads=${["Field", "From", "To"]}
      rows=${row.changes.map((change) => [words(change.field), shown(change.from), html`<strong>${shown(change.to)}</strong>`])} />`}
    ${row.holds.length > 0 && html`<${Fields} title="What both systems hold" heads=${["Field", "Spectrum", "Procore"]}
      rows=${row.holds.map((held) => [words(held.field), shown(held.spectrum), html`<span class=${differs(held) ? "warntext" : ""}>${shown(held.procore)}</span>`])} />`}
    ${(row.matches ?? []).length > 1 && html`<${Fields} title="All matches" heads=${["In Procore", "Score", "What agrees", making && html`<span class="hidden">Choose</span>`].filter(Boolean)}
      rows=${row.matches.map((match) => [html`${match.name ?? "No longer there"} <span class="faint">${match.record_id}</span>${match.active === false && html` <${Badge}>Inactive</>`}`,
        match.score ?? "–", (match.attributes ?? []).join(", "),
        making && html`<button onClick=${() => decide(row, "accept", match.record_id)}>Link with ${match.record_id}</button>`].filter(Boolean))} />`}
    ${making && html`<${Another} row=${row} decide=${decide} />`}
    ${row.differs && html`<${Fields} title="What Procore held when it was read back" heads=${["Field", "Sent", "Held"]}
      rows=${Object.entries(row.differs).map(([name, [sent, held]]) => [words(name), shown(sent), html`<span class="badtext">${shown(held)}</span>`])} />`}
    ${row.call_answer && html`<p>Procore said: ${row.call_answer}</p>`}
    ${row.answered_at && html`<p class="faint">Written ${moment(row.answered_at)}${row.compared_at ? `, read back ${moment(row.compared_at)}` : ", not read back yet"}, by the run <code>${row.run_id}</code>.</p>`}
  </div>`;
}

const Fields = ({ title, heads, rows }) => html`
  <h3>${title}</h3>
  <div class="scroll" tabindex="0" role="region" aria-label=${title}><table>
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td class="wide">${cell}</td>`)}</tr>`)}</tbody></table></div>`;
