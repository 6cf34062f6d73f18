// What Procore holds otherwise than it was exported, although it may no longer change.
import { ago, html, words } from "./lib.js";
import { Table, Time } from "./parts.js";
import { sentence } from "./wording.js";

const named = (field) => (/^[a-z_]+$/.test(field) ? words(field) : field);

export function Changed({ changes }) {
  if (!changes.length) return null;
  const columns = [
    { title: "What", cell: (c) => html`<strong>${named(c.field)}</strong>` },
    { title: "Exported", cell: (c) => c.exported || html`<span class="faint">nothing</span>` },
    { title: "In Procore now", cell: (c) => c.held || html`<span class="faint">nothing</span>` },
    { title: "What to do", kind: "wide", cell: (c) => sentence(c.remedy ?? c.message) },
    { title: "Found", cell: (c) => html`<${Time} at=${c.first_seen_at}>${ago(c.first_seen_at)}</>` },
  ];
  return html`<div class="notice bad" role="alert"><strong>Changed in Procore after the export.</strong> Spectrum holds what was
    exported; nothing is sent because of it.</div>
    <${Table} label="Changed in Procore after the export" columns=${columns} rows=${changes} keyOf=${(c) => c.field} />`;
}
