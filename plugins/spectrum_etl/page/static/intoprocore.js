// Spectrum into Procore: the plan of what would be changed there, what was accepted, what became of it, what is left out.
import { useEffect, useState } from "./vendor/preact-hooks.js";
import { ago, count, html, keepInAddress, link, moment, plural, useData, useList, useSettled, words } from "./lib.js";
import { Badge, Choice, Empty, Icon, Listed, Problem, Search, Table, Tabs, Time } from "./parts.js";
import { Bar, DECIDED, useDecisions } from "./decide.js";
import { ImportRuns } from "./importruns.js";
import { PlanRow } from "./planrow.js";
import { RunButton, useStarter } from "./runs.js";
import { sentence } from "./wording.js";

const GROUPS = {
  decide: ["To decide", "What would be changed in Procore. Nothing is, before a person, or a setting, has accepted it."],
  blocked: ["Cannot go on", "What stands in the way, and what to do. The next plan looks again."],
  accepted: ["Accepted", "Accepted, and not in Procore yet."],
  results: ["Results", "What became of rows that were accepted, the last first."],
  "left-out": ["Left out", "No run brings these into Procore until somebody includes them again."],
  runs: ["Runs", "What each run has written into Procore, the last first. A run can be undone."],
};
/** What a row does: of one, of many, as a badge. */
const DOES = {
  create: ["New", "New in Procore", "info"],
  link: ["Same name", "Link, exactly the same name", "ok"],
  suggested: ["May be the same", "May be the same", "warn"],
  "take over": ["Take over", "Take over from another integration", "ok"],
  unsure: ["Take over, after a look", "Take over, after a look", "warn"],
  conflict: ["Changed on both sides", "Changed on both sides", "warn"],
  update: ["Changed in Spectrum", "Changed in Spectrum", "info"],
  undo: ["Undo", "Undo of a run", "warn"],
  refused: ["Refused", "Refused", "bad"],
  waits: ["Being exported", "Being exported", "plain"],
  gone: ["No longer there", "No longer there", "bad"],
};
/** Of rows to decide only: what was accepted may be any record, that somebody chose. */
const LINK = "Link";
const STATES = {
  accepted: ["info", "Accepted"], applying: ["info", "Being written"], unknown: ["warn", "Answer lost, being looked up"],
  applied: ["ok", "In Procore"], failed: ["bad", "Procore refused it"], "put back": ["warn", "Put back"],
  "waiting for permission": ["warn", "Written; waiting for the right to see it"],
};
const FIRST = { results: "-changed" };

export function IntoProcore({ me, company, path, query }) {
  const group = path[0] in GROUPS ? path[0] : "decide";
  const { object, does, run } = query;
  const [text, setText] = useState(query.search ?? "");
  const [sort, setSort] = useState(query.sort ?? FIRST[group] ?? "key");
  const [opened, setOpened] = useState(null);
  const [lively, setLively] = useState(false);
  const search = useSettled(text);
  const every = lively ? 3 : 15;
  const counts = useData("into-procore/counts", { company, object }, { every });
  const list = useList(group === "runs" ? null : "into-procore/rows", { group, company, object, does, run, search, sort, offset: 0 }, { every });
  const again = async () => { await Promise.all([counts.reload(), list.reload()]); };
  const decisions = useDecisions(group, again);
  const starter = useStarter(again);
  const groups = counts.data?.groups;
  const moving = Boolean(groups?.accepted.records && Object.keys(counts.data.running).length);
  if (moving !== lively) setLively(moving);
  useEffect(() => { if (groups) list.reload(); }, [JSON.stringify(groups)]);
  useEffect(() => { setOpened(null); setSort(FIRST[group] ?? "key"); }, [group]);
  const kept = { object, search: text };
  const go = (changed) => { location.hash = link(`into-procore/${group}`, { ...kept, does, run, ...changed }); };
  const typed = (value) => { setText(value); keepInAddress(`into-procore/${group}`, { ...kept, does, run, search: value }); };
  const tabs = Object.entries(GROUPS).map(([key, [title]]) => ({
    key, title, href: link(`into-procore/${key}`, kept), count: groups?.[key]?.records,
    kind: { decide: "warn", blocked: "bad", results: groups?.results.failed ? "bad" : undefined }[key],
  }));
  const sorted = (name, title, first) => {
    const at = [name, `-${name}`].indexOf(sort);
    const next = at < 0 ? first : name === "key" || name === "changed" ? sort : sort === name ? `-${name}` : name;
    return html`<button class="sort" aria-label=${`Sort by ${title.toLowerCase()}`} aria-pressed=${String(at >= 0)} onClick=${() => setSort(next)}>
      ${title}${at >= 0 && html` <span aria-hidden="true">${at ? "↓" : "↑"}</span>`}</button>`;
  };
  const several = me.companies.length > 1;
  const withScore = ["decide", "accepted"].includes(group);
  const deciding = me.import_approver && group in DECIDED;
  const columns = [
    deciding && { title: decisions.tickAll(list.rows), kind: "tick", cell: decisions.tickOf },
    { title: sorted("title", "In Spectrum", "title"), kind: "wide", cell: (r) => html`<${Icon} name="open" /><strong>${r.title}</strong> <code>${r.spectrum_key}</code>
      <span class="second">${[me.into_procore.length > 1 && words(r.object_name), several && `company ${r.company_code}`].filter(Boolean).join(", ")}</span>` },
    { title: "What is done", cell: (r) => html`<${Does} row=${r} />` },
    { title: "In Procore", kind: "wide", cell: (r) => html`<${Target} row=${r} />` },
    withScore && { title: sorted("score", "Score", "-score"), kind: "num", cell: (r) => (r.score === null ? html`<span class="faint">–</span>` : Number(r.score)) },
    { title: "From → to, and why", kind: "wide", cell: (r) => html`<${Why} row=${r} />` },
    ["accepted", "results", "left-out"].includes(group) && { title: "Decided by", cell: (r) => html`${r.decided_by_name ?? "–"}
      <span class="second"><${Time} at=${r.decided_at}>${ago(r.decided_at)}</></span>` },
    group === "results" && { title: sorted("changed", "Since", "-changed"), cell: (r) => html`<${Time} at=${r.changed_at}>${ago(r.changed_at)}</>` },
  ].filter(Boolean);
  const narrowed = Boolean(search || object || does || run || company);
  const toggle = (row) => setOpened(opened === row.row_id ? null : row.row_id);
  return html`
    <div class="bar"><${Tabs} tabs=${tabs} chosen=${group} label="Lists of the plan" /></div>
    ${(counts.data?.plans ?? []).map((plan) => html`<${Plan} key=${plan.plan_id} plan=${plan} me=${me} run=${counts.data.running[plan.object_name]}
      paused=${counts.data.paused.includes(plan.object_name)} starter=${starter} allowed=${counts.data.may_start.includes(plan.object_name)} />`)}
    <${Problem} error=${starter.problem} />${starter.question}
    ${counts.data && counts.data.plans.length === 0 && html`<div class="notice">There is no plan yet. A run of its DAG in Airflow makes one:
      ${" "}${me.into_procore.map((o) => html`<a href="../dags/import_${o.name}" target="_top">import_${o.name}</a> `)}</div>`}
    ${(counts.data?.takeovers ?? []).map((one) => html`<${Takeover} key=${`${one.object_name}/${one.company_code}`} one=${one} />`)}
    ${groups?.results.failed > 0 && group !== "results" && html`<div class="notice bad" role="alert"><strong>Procore refused ${plural(groups.results.failed, "row")}.</strong>
      ${" "}<a href=${link("into-procore/results", { object })}>Results</a> say why, and what to do.</div>`}
    <div class="bar">
      ${me.into_procore.length > 1 && html`<${Choice} label="Object" value=${object} all="All objects" onChange=${(value) => go({ object: value })}
        options=${me.into_procore.map((o) => [o.name, o.title])} />`}
      ${group !== "runs" && html`<${Search} value=${text} onInput=${typed} label="Search names and numbers" />`}
      ${run && html`<button class="chip" aria-pressed="true" onClick=${() => go({ run: undefined })}>Only the run ${run} <${Icon} name="bad" /></button>`}
      ${group !== "runs" && list.data && html`<span class="faint" role="status">${plural(list.data.matching, "row")}${!narrowed ? "" : list.data.matching === 1 ? " matches" : " match"}</span>`}
      <span class="space"></span><span class="lead">${GROUPS[group][1]}</span>
    </div>
    ${groups?.[group] && Object.keys(groups[group].does).length > 1 && html`<ul class="chips" aria-label="Only rows that do this">
      ${Object.entries(DOES).filter(([key]) => groups[group].does[key]).map(([key, [, title]]) => html`
      <li key=${key}><button class="chip" aria-pressed=${does === key ? "true" : "false"} onClick=${() => go({ does: does === key ? undefined : key })}>${key === "link" && group !== "decide" ? LINK : title}
        <span class="count">${count(groups[group].does[key])}</span></button></li>`)}</ul>`}
    <${Problem} error=${counts.error} />
    ${deciding && html`<${Bar} decisions=${decisions} group=${group} exact=${groups?.decide.does.link ?? 0} undo=${groups?.decide.does.undo ?? 0} plans=${counts.data?.plans ?? []} />`}
    ${group === "runs" ? html`<${ImportRuns} me=${me} company=${company} object=${object} planned=${again} />` : html`<${Listed} list=${list} what="rows" empty=${html`<${Empty} title=${narrowed ? "Nothing matches" : "Nothing here"} icon=${narrowed ? "search" : "ok"} />`}>
      <${Table} label=${GROUPS[group][0]} columns=${columns} rows=${list.rows} keyOf=${(r) => r.row_id} onOpen=${toggle} chosen=${opened}
        detail=${(r) => opened === r.row_id && html`<${PlanRow} row=${r} decide=${me.import_approver && group === "decide" ? decisions.one : null} />`} /></>`}`;
}

/** An open plan: when it was made, of what, how much of it is done, what the rest takes. */
function Plan({ plan, me, run, paused, starter, allowed }) {
  const s = plan.states;
  const moving = (s.accepted ?? 0) + (s.applying ?? 0) + (s.unknown ?? 0) + (s["waiting for permission"] ?? 0);
  const done = (s.applied ?? 0) + (s.failed ?? 0);
  const name = me.companies.find((one) => one.code === plan.company_code)?.name ?? "";
  return html`<div class="state-line plan" role="region" aria-label=${`Plan of ${words(plan.object_name).toLowerCase()}, company ${plan.company_code}`}>
    <p><strong>${words(plan.object_name)}</strong>, company ${plan.company_code} ${name}</p>
    <p class="faint">planned <${Time} at=${plan.made_at}>${ago(plan.made_at)}</>${plan.narrowed && " for some records only"},
      Procore looked at <${Time} at=${plan.looked_at}>${ago(plan.looked_at)}</>${plan.whole_calls !== null && html`
      <span title=${`All of it was read ${moment(plan.whole_at)}`}>, all of it in ${plural(plan.whole_calls, "call")}</span>`}</p>
    ${plan.rows_left > 0 && html`<p>${plural(plan.rows_left, "row")} left${plan.calls_left > 0 && html`: ${plural(plan.calls_left, "writing call")}, <${Takes} plan=${plan} />`}</p>`}
    ${moving > 0 && html`<p class="spent"><progress max=${moving + done} value=${done} aria-label="Applied"></progress>
      ${count(done)} of ${count(moving + done)} accepted rows applied</p>`}
    ${!run && moving > 0 && html`<${Badge} kind="warn" icon="wait">Waits for the next run</>`}
    ${plan.asks_run_id && html`<span class="faint">Airflow asks about it, too: <a href="../required_actions" target="_top">Required Actions</a></span>`}
    <${RunButton} running=${run} busy=${starter.busy === plan.plan_id} allowed=${allowed} text=${moving ? "Apply accepted rows" : "Plan again"}
      label=${`${moving ? "Apply accepted rows" : "Plan again"}: ${words(plan.object_name).toLowerCase()}, company ${plan.company_code}`}
      onClick=${() => starter.start({ key: plan.plan_id, path: "into-procore/run", title: `the import of ${words(plan.object_name).toLowerCase()}`, paused,
        body: { object: plan.object_name, company: plan.company_code }, then: "Its schedule, where it has one, goes on from then." })} />
  </div>`;
}

/** For how long what is left is at work, at the limit that Procore last reported. */
function Takes({ plan }) {
  if (plan.seconds_left === null) return html`<span class="faint">for how long is not known: Procore has not reported a limit yet</span>`;
  const window = plan.limit_seconds === 3600 ? "an hour" : `${plan.limit_seconds} s`;
  return html`about ${duration(plan.seconds_left)} <span class="faint" title=${moment(plan.limit_reported_at)}>at the limit that Procore last reported
    (${plural(plan.limit_calls, "call")} in ${window})</span>`;
}

/** What somebody has confirmed about another integration, and what is still waited for. */
function Takeover({ one }) {
  const what = html`${words(one.object_name)}, company ${one.company_code}: ${one.confirmed_by} confirmed <${Time} at=${one.confirmed_at}>${ago(one.confirmed_at)}</>
    that the other integration is switched off.`;
  if (one.second_look_at) return html`<div class="notice">${what} Procore was read a second time, and none of its ids was new: what it had synced can be
    taken over. Each of its ids is replaced by ours by an accepted row only, and kept, so that the run can be undone.</div>`;
  return html`<div class="notice" role="status">${what} Nothing can be accepted before Procore is read again, ${moment(one.second_look_due)}: it must
    have no new id of that integration.</div>`;
}

const duration = (seconds) => (seconds < 90 ? `${count(Math.max(1, Math.round(seconds)))} s` : `${count(Math.round(seconds / 60))} min`);

/** What is done with a row; where that was decided, how far it is. */
function Does({ row }) {
  const [known, , kind] = DOES[row.does];
  const title = row.does === "link" && row.state !== "ready" ? LINK : row.does === "undo" && row.state === "left out" ? "Undone" : known;
  const state = row.kind === "undo" && row.state === "applied" ? ["ok", "Undone"] : STATES[row.state];
  return html`<${Badge} kind=${state ? state[0] : kind}>${state ? state[1] : title}</>${(state || row.reactivates) && html`
    <span class="second">${[state && title, row.reactivates && "made active again"].filter(Boolean).join(", ")}</span>`}`;
}

function Target({ row }) {
  if (!row.record_id) return html`<span class="faint">${row.kind === "create" ? "a new record" : "–"}</span>`;
  const others = (row.matches ?? []).length - 1;
  return html`${row.record_title ?? row.title} <span class="faint">${row.record_id}</span>
    ${others > 0 && html`<span class="second warntext">${plural(others, "other match", "other matches")}</span>`}`;
}

/** In short: the fields that change, or what agrees, and what stands in the way. */
function Why({ row }) {
  const changes = ["update", "take over", "undo"].includes(row.kind) ? row.changes : [];
  const bad = ["blocked", "failed", "not ready"].includes(row.state);
  return html`
    ${changes.map((change) => html`<div key=${change.field}><span class="faint">${words(change.field)}:</span> <${Value} of=${change.from} /> → <${Value} of=${change.to} /></div>`)}
    ${row.kind === "create" && row.state !== "applied" && html`<span class="faint">${plural(row.changes.length, "field")}</span>`}
    ${["link", "take over"].includes(row.kind) && row.attributes.length > 0 && html`<div>${words(row.attributes.join(", "))}</div>`}
    ${row.differs && html`<p class="why badtext">Procore holds something else than was written: open it.</p>`}
    ${(row.reason || row.remedy) && html`<p class="why"><span class=${bad ? "badtext" : "faint"}>${sentence(row.reason, row.title)}</span>
      ${row.remedy && html` <strong>What to do:</strong> ${sentence(row.remedy, row.title)}`}</p>`}
    ${row.state === "applied" && row.compared_at && !row.differs && html`<span class="faint" title=${moment(row.compared_at)}>read back, as written</span>`}`;
}

export const Value = ({ of }) => (of === null || of === undefined || of === "" ? html`<span class="faint">blank</span>` : String(of));
