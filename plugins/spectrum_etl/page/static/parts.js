// The parts that views are made of: badges, notices, tables with paging, dialogs, small drawings.
import { useEffect, useRef } from "./vendor/preact-hooks.js";
import { count, html, moment, signIn } from "./lib.js";

const SHAPES = {
  ok: "M4 10.5l4 4 8-9", warn: "M10 4v8M10 15.2v.3", bad: "M5 5l10 10M15 5L5 15", run: "M10 3a7 7 0 1 1-7 7",
  refresh: "M16 6v4h-4M16 10a6 6 0 1 0-1.6 4.2", down: "M10 3v10M6 9.5l4 4 4-4M4 17h12", open: "M7 4l6 6-6 6",
  back: "M13 4l-6 6 6 6", none: "M5 10h10", search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4M13 13l4 4", wait: "M10 4v6l4 2",
  floor: "M4 17h12M10 13V3M6.5 6.5L10 3l3.5 3.5",
};

export const Icon = ({ name, spin }) => html`
  <svg class=${spin ? "icon spin" : "icon"} viewBox="0 0 20 20" aria-hidden="true"><path d=${SHAPES[name]} /></svg>`;

export const Badge = ({ kind = "plain", icon, children, title }) => html`
  <span class="badge ${kind}" title=${title}>${icon && html`<${Icon} name=${icon} spin=${icon === "run"} />`}${children}</span>`;

/** What went wrong and what to do; announced to screen readers. */
export const Problem = ({ error, retry }) => !error ? null : html`
  <div class="notice bad" role="alert">
    <strong>${error.message}</strong>${error.remedy && html`<span> What to do: ${error.remedy}</span>`}
    ${error.status === 401 && html` <a href=${signIn()}>Sign in to Airflow again</a>`}
    ${retry && error.status !== 401 && html` <button class="link" onClick=${retry}>Try again</button>`}
  </div>`;

export const Empty = ({ title, icon = "ok", children }) => html`
  <div class="empty ${icon}"><${Icon} name=${icon} /><p><strong>${title}</strong></p>${children && html`<p>${children}</p>`}</div>`;

export const Time = ({ at, children }) => at
  ? html`<time datetime=${at} title=${moment(at)}>${children}</time>` : html`<span class="faint">–</span>`;

/**
 * A table whose rows may be opened. Columns: `title`, `cell(row)`, `kind` (num, wide, tight), `foot`. `detail(row)` is
 * shown below its row; `kindOf(row)` is a class of it; `tall` keeps head and foot in sight.
 */
export function Table({ columns, rows, label, keyOf, onOpen, chosen, foot, detail, kindOf, tall }) {
  const open = (row) => (event) => {
    if (event.type === "keydown" && !(event.target === event.currentTarget && ["Enter", " "].includes(event.key))) return;
    if (event.target.closest("button, a, input, select")) return;
    event.preventDefault();
    onOpen(row);
  };
  return html`
    <div class=${tall ? "scroll tall" : "scroll"} tabindex="0" role="region" aria-label=${label}><table>
      <caption class="hidden">${label}</caption>
      <thead><tr>${columns.map((c) => html`<th scope="col" class=${c.kind ?? ""} title=${c.help}>${c.title}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`
        <tr key=${keyOf(row)} data-key=${keyOf(row)} class=${`${onOpen ? "opens" : ""} ${chosen === keyOf(row) ? "chosen" : ""} ${kindOf?.(row) ?? ""}`}
            ...${onOpen ? { tabIndex: 0, onClick: open(row), onKeyDown: open(row), "aria-expanded": chosen === undefined ? undefined : chosen === keyOf(row) } : {}}>
          ${columns.map((c) => html`<td class=${c.kind ?? ""}>${c.cell(row)}</td>`)}
        </tr>${below(detail?.(row), columns.length, keyOf(row))}`)}</tbody>
      ${foot && html`<tfoot><tr>${columns.map((c) => html`<td class=${c.kind ?? ""}>${c.foot ?? ""}</td>`)}</tr></tfoot>`}
    </table></div>`;
}

const below = (content, wide, key) => content && html`
  <tr key=${`below ${key}`} class="below"><td colspan=${wide}>${content}</td></tr>`;

export const Pager = ({ list, what }) => !list.newer && !list.older ? null : html`
  <nav class="pager" aria-label="Pages of ${what}">
    <button onClick=${list.newer} disabled=${!list.newer}><${Icon} name="back" /> Previous</button>
    <span>Page ${count(list.number)}</span>
    <button onClick=${list.older} disabled=${!list.older}>Next <${Icon} name="open" /></button>
  </nav>`;

/** A list's usual frame: a problem, a first load, nothing there, or the rows with paging. */
export function Listed({ list, what, empty, children }) {
  if (list.error && !list.data) return html`<${Problem} error=${list.error} retry=${list.reload} />`;
  if (!list.data) return html`<p class="loading">Loading ${what}…</p>`;
  if (!list.rows.length) return empty;
  return html`<div aria-busy=${list.loading}>${children}<${Pager} list=${list} what=${what} /></div>`;
}

/** A dialog over the page: the browser's own, so Escape closes it and the keyboard stays inside. */
export function Dialog({ title, onClose, children, wide }) {
  const dialog = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    // A browser gives the focus back where a dialog is closed, not where it is taken out of the page.
    return () => before?.focus();
  }, []);
  return html`
    <dialog ref=${dialog} class=${wide ? "wide" : ""} aria-label=${title} onClose=${onClose}
            onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
      <header><h2>${title}</h2>
        <button class="quiet" aria-label="Close" onClick=${() => dialog.current.close()}><${Icon} name="bad" /></button></header>
      <div class="body">${children}</div>
    </dialog>`;
}

export const Choice = ({ label, value, onChange, options, all }) => html`
  <label class="choice"><span>${label}</span>
    <select value=${value ?? ""} onChange=${(event) => onChange(event.target.value || undefined)}>
      ${all && html`<option value="">${all}</option>`}
      ${options.map(([key, title]) => html`<option value=${key} selected=${key === value}>${title}</option>`)}
    </select></label>`;

export const Search = ({ value, onInput, label }) => html`
  <label class="search"><${Icon} name="search" /><span class="hidden">${label}</span>
    <input type="search" placeholder=${label} value=${value} onInput=${(event) => onInput(event.target.value)} /></label>`;

export const Download = ({ href, children = "Download CSV" }) => html`
  <a class="button" href=${href} download><${Icon} name="down" /> ${children}</a>`;

export const Tabs = ({ tabs, chosen, label }) => html`
  <nav class="tabs" aria-label=${label}>${tabs.map((tab) => html`
    <a key=${tab.key} href=${tab.href} aria-current=${tab.key === chosen ? "page" : undefined}>${tab.title}
      ${tab.count !== undefined && html`<span class="count ${(tab.count > 0 && tab.kind) || ""}">${count(tab.count)}</span>`}</a>`)}</nav>`;
