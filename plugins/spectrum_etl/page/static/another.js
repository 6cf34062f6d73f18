// Another match than the proposed one: a record of Procore that somebody looks for, or a new one.
import { useState } from "./vendor/preact-hooks.js";
import { html, useData, useSettled } from "./lib.js";
import { Badge, Problem, Search } from "./parts.js";

/** `decide(row, verb, record)` accepts the row with the record that was chosen; a blank one is a new record. */
export function Another({ row, decide }) {
  const [text, setText] = useState("");
  const search = useSettled(text).trim();
  const found = useData(search ? "into-procore/records" : null, { object: row.object_name, company: row.company_code, search });
  const records = search ? found.data?.rows ?? [] : [];
  return html`
    <h3>Another match</h3>
    <div class="bar"><${Search} value=${text} onInput=${setText} label="Search in Procore" />
      ${row.kind === "link" && html`<button onClick=${() => decide(row, "accept", "")}>Create a new one instead</button>`}</div>
    <${Problem} error=${found.error} />
    ${search && found.data && records.length === 0 && html`<p class="faint">Procore had nothing of that name, number or id when it was last looked at.</p>`}
    ${records.length > 0 && html`<ul class="list">${records.map((record) => html`<li key=${record.record_id}>
      <strong>${record.name}</strong> <span class="faint">${[record.record_id, record.origin_code, record.city, record.phone].filter(Boolean).join(", ")}</span>
      ${!record.is_active && html` <${Badge}>Inactive</>`}
      ${record.spectrum_key ? html` <span class="faint">linked with ${record.spectrum_key}</span>`
        : html` <button onClick=${() => decide(row, "accept", record.record_id)} aria-label=${`Link with ${record.name} ${record.record_id}`}>Link</button>`}</li>`)}</ul>
      ${found.data.more && html`<p class="faint">There are more: type more of the name.</p>`}`}`;
}
