// The page: who asks, which company, which view. Every view is one module; the address after # says which is shown.
import { render } from "./vendor/preact.js";
import { useEffect, useState } from "./vendor/preact-hooks.js";
import { html, link, readHash, useData } from "./lib.js";
import { Choice, Problem, Tabs } from "./parts.js";
import { Overview } from "./overview.js";
import { Imports } from "./imports.js";
import { IntoProcore } from "./intoprocore.js";
import { Exports } from "./exports.js";
import { JobCost } from "./jobcost.js";
import { Wip } from "./wip.js";

const VIEWS = { overview: Overview, import: Imports, "into-procore": IntoProcore, export: Exports, "job-cost": JobCost, wip: Wip };

/** Follow Airflow's own light or dark, where the page is inside it; the system's otherwise. */
function followColors() {
  let outer;
  try {
    outer = window.parent !== window ? window.parent.document.documentElement : null;
  } catch {
    outer = null; // another site's frame, which the server's headers do not allow anyway
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const named = outer && ["dark", "light"].find((theme) => outer.classList.contains(theme) || outer.dataset.theme === theme);
    document.documentElement.dataset.theme = named ?? (system.matches ? "dark" : "light");
    dispatchEvent(new Event("themechange"));
  };
  system.addEventListener("change", apply);
  if (outer) new MutationObserver(apply).observe(outer, { attributes: true, attributeFilter: ["class", "data-theme"] });
  apply();
}

/**
 * Inside Airflow: let its own address follow the page's, so that a reload comes back here and a view can be bookmarked.
 * Airflow copies the address of a plugin's frame when the frame has loaded, and does not see moves within the page.
 */
function tellAirflow() {
  try {
    window.frameElement?.dispatchEvent(new Event("load"));
  } catch {
    // another site's frame, which the server's headers do not allow anyway
  }
}

const COMPANY = "erp-integrations-company";

function App() {
  const [place, setPlace] = useState(readHash());
  const [company, setCompany] = useState(sessionStorage.getItem(COMPANY) ?? undefined);
  const me = useData("me");
  useEffect(() => {
    const moved = () => { setPlace(readHash()); tellAirflow(); };
    addEventListener("hashchange", moved);
    addEventListener("placekept", tellAirflow);
    return () => {
      removeEventListener("hashchange", moved);
      removeEventListener("placekept", tellAirflow);
    };
  }, []);
  useEffect(() => {
    if (company) sessionStorage.setItem(COMPANY, company);
    else sessionStorage.removeItem(COMPANY);
  }, [company]);
  const known = me.data?.companies.some((one) => one.code === company);
  if (me.data && company && !known) setCompany(undefined);
  const name = place.path[0] in VIEWS ? place.path[0] : "overview";
  const View = VIEWS[name];
  if (!me.data) return me.error ? html`<main><${Problem} error=${me.error} retry=${me.reload} /></main>` : html`<p class="loading">Loading…</p>`;
  const tabs = [
    { key: "overview", title: "Overview", href: link("overview") },
    { key: "import", title: "From Spectrum", href: link("import/rejected") },
    me.data.into_procore.length > 0 && { key: "into-procore", title: "Into Procore", href: link("into-procore/decide") },
    { key: "export", title: "Export", href: link("export/ready") },
    me.data.job_cost && { key: "job-cost", title: "Job cost", href: link("job-cost") },
    me.data.job_cost && { key: "wip", title: "WIP", href: link("wip") },
  ].filter(Boolean);
  return html`
    <header class="top">
      <h1>ERP Integrations</h1>
      <${Tabs} tabs=${tabs} chosen=${name} label="Views" />
      <div class="who">
        ${me.data.companies.length > 1 && html`<${Choice} label="Company" value=${company} onChange=${setCompany} all="All companies"
            options=${me.data.companies.map((c) => [c.code, `${c.code} ${c.name}`])} />`}
        <span class="faint">${me.data.name}${me.data.approver || me.data.import_approver ? " (approver)" : ""}</span>
      </div>
    </header>
    <main id="main"><${View} me=${me.data} company=${company} path=${place.path.slice(1)} query=${place.query} /></main>`;
}

followColors();
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
