// What is in Spectrum and linked: from day to day, by approver, sorted, with totals, and the same as a file.
import { useEffect, useState } from "./vendor/preact-hooks.js";
import { address, ago, count, html, money, moment, useList, words } from "./lib.js";
import { Badge, Choice, Download, Empty, Listed, Table, Time } from "./parts.js";

const NEWEST = "-synced";

/** `kept`: what the address says of the list; `place` keeps what is chosen there. */
export function Synced({ filters, kept, several, keyOf, onOpen, place }) {
  const [chosen, setChosen] = useState({ since: kept.since, until: kept.until, approver: kept.approver, changed: kept.changed, sort: kept.sort ?? NEWEST });
  useEffect(() => place({ ...chosen, sort: chosen.sort === NEWEST ? undefined : chosen.sort }), [chosen]);
  const query = { ...filters, ...chosen };
  const list = useList("export/synced", { ...query, offset: 0 }, { every: 30 });
  const choose = (changed) => setChosen({ ...chosen, ...changed });
  const sorted = (name, title, first) => {
    const at = [name, `-${name}`].indexOf(chosen.sort);
    const next = at < 0 ? first : chosen.sort === name ? `-${name}` : name;
    return html`<button class="sort" aria-label=${`Sort by ${title.toLowerCase()}`} aria-pressed=${String(at >= 0)} onClick=${() => choose({ sort: next })}>
      ${title}${at >= 0 && html` <span aria-hidden="true">${at ? "↓" : "↑"}</span>`}</button>`;
  };
  const columns = [
    { title: sorted("title", "Record", "title"), kind: "wide", cell: (r) => html`<strong>${r.title}</strong>${r.changes > 0 && html` <${Badge} kind="bad" icon="warn">Changed in Procore</>`}` },
    { title: "Object", cell: (r) => words(r.object_name) },
    several && { title: "Company", cell: (r) => r.company_code },
    { title: "In Spectrum", cell: (r) => html`<code>${r.spectrum_key ?? "–"}</code>` },
    { title: sorted("approver", "Approver", "approver"), cell: (r) => r.answered_by_name ?? html`<span class="faint" title="Linked by hand: nothing was sent">–</span>` },
    { title: sorted("amount", "Amount", "-amount"), kind: "num", cell: (r) => (r.amount === null ? html`<span class="faint">–</span>` : money(r.amount)) },
    { title: sorted("synced", "Synced", NEWEST), cell: (r) => html`<${Time} at=${r.changed_at}>${moment(r.changed_at)}<span class="second">${ago(r.changed_at)}</span></>` },
  ].filter(Boolean);
  const narrowed = Boolean(filters.search || filters.object || filters.project || chosen.since || chosen.until || chosen.approver || chosen.changed);
  return html`
    <div class="bar"><${Day} label="From" value=${chosen.since} onChange=${(since) => choose({ since })} />
      <${Day} label="To" value=${chosen.until} onChange=${(until) => choose({ until })} />
      <${Choice} label="Approved by" value=${chosen.approver} all="Everybody" onChange=${(approver) => choose({ approver })}
        options=${(list.data?.approvers ?? []).map((name) => [name, name])} />
      <${Choice} label="Since then" value=${chosen.changed} all="Whatever happened" onChange=${(changed) => choose({ changed })}
        options=${[["1", "Changed in Procore"]]} />
      <span class="space"></span><${Download} href=${address("api/export/synced.csv", query)} /></div>
    <${Totals} totals=${list.data?.totals ?? []} />
    <${Listed} list=${list} what="records" empty=${html`<${Empty} title=${narrowed ? "Nothing matches" : "Nothing here"} />`}>
      <${Table} label="Synced" columns=${columns} rows=${list.rows} keyOf=${keyOf} onOpen=${onOpen} /></>`;
}

const Day = ({ label, value, onChange }) => html`<label class="choice"><span>${label}</span>
  <input type="date" value=${value ?? ""} onChange=${(event) => onChange(event.target.value || undefined)} /></label>`;

/** Of all pages, an object each: the amounts of two objects are different money, and are never added up. */
const Totals = ({ totals }) => !totals.length ? null : html`<dl class="figures synced" aria-label="Totals">${totals.map((total) => html`
  <div key=${total.object_name}><dt>${words(total.object_name)}, ${count(total.records)}</dt><dd>${total.amount === null ? html`<span class="faint">no amount</span>` : money(total.amount)}</dd></div>`)}</dl>`;
