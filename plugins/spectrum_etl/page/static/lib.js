// What every view uses: elements, calls of the page's API, the address, and how numbers and times are written.
import { h, options } from "./vendor/preact.js";
import { useCallback, useEffect, useRef, useState } from "./vendor/preact-hooks.js";
import htm from "./vendor/htm.js";

export const html = htm.bind(h);

// A name that holds one of these reads as another: they have no shape, and change the order of other letters.
const REORDERING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const visible = (text) => text.replace(REORDERING, (c) => `[U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
const made = options.vnode;
/** Nothing that is shown hides anything; what a person types, and what is sent, stays as it is. */
options.vnode = (vnode) => {
  const { props, type } = vnode;
  if (typeof type === "string" && props) {
    if (typeof props.children === "string") props.children = visible(props.children);
    else if (Array.isArray(props.children)) props.children = props.children.map((c) => (typeof c === "string" ? visible(c) : c));
    for (const name of ["title", "aria-label"]) if (typeof props[name] === "string") props[name] = visible(props[name]);
  }
  made?.(vnode);
};

/** What the API refused, with what to do about it. */
export class Refused extends Error {
  constructor(status, body) {
    const detail = body?.detail;
    super(typeof detail === "string" ? detail : detail?.message ? detail.message : detail?.fields ? "Please correct the form." : `The server answered ${status}.`);
    this.status = status;
    this.remedy = body?.remedy;
    this.fields = detail?.fields ?? {};
    this.paused = Boolean(detail?.paused);
  }
}

/** The address of an API route; empty values are left out. */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given).toString();
  return text ? `${path}?${text}` : path;
}

/** Ask the API; one more time where the session was renewed meanwhile. */
export async function api(path, { query, body, signal } = {}, again = true) {
  const options = { signal, headers: { "X-ERP-Integrations": "1" } };
  if (body) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(address(`api/${path}`, query), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, { detail: "Airflow cannot be reached. Is the connection up?" });
  }
  if (answer.status === 401 && again) return api(path, { query, body, signal }, false);
  const content = await answer.json().catch(() => null);
  if (answer.status === 401) throw new Refused(401, { detail: "Your session has ended." });
  if (!answer.ok) throw new Refused(answer.status, content);
  return content;
}

/** Data of a route: loaded again when the address changes, by `reload`, and every so many seconds. */
export function useData(path, query, { every } = {}) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  const key = address(path ?? "", query);
  const latest = useRef(key);
  const load = useCallback(async (quiet) => {
    latest.current = key;
    if (!path) return;
    if (!quiet) setState((old) => ({ ...old, loading: true }));
    try {
      const data = await api(path, { query });
      if (latest.current === key) setState({ data, error: null, loading: false });
    } catch (error) {
      if (latest.current === key) setState((old) => ({ data: quiet ? old.data : null, error, loading: false }));
    }
  }, [key]);
  useEffect(() => { load(false); }, [load]);
  useEffect(() => {
    if (!every) return undefined;
    const timer = setInterval(() => { if (!document.hidden) load(true); }, every * 1000);
    return () => clearInterval(timer);
  }, [load, every]);
  return { ...state, reload: () => load(true) };
}

/** A list that the server gives page by page: the pages so far, back and forth. */
export function useList(path, query, options) {
  const [places, setPlaces] = useState([null]);
  const key = address(path ?? "", query);
  const seen = useRef(key);
  const now = seen.current === key ? places : [null];
  useEffect(() => { seen.current = key; setPlaces([null]); }, [key]);
  const place = now[now.length - 1];
  const found = useData(path, { ...query, after: place, offset: query.offset === undefined ? undefined : place ?? 0 }, options);
  return {
    ...found,
    rows: found.data?.rows ?? [],
    number: now.length,
    older: found.data?.next != null ? () => setPlaces([...now, found.data.next]) : null,
    newer: now.length > 1 ? () => setPlaces(now.slice(0, -1)) : null,
  };
}

/** The part of the address after `#`: `#/import/rejected?object=jobs`. */
export function readHash() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { path: path.split("/").filter(Boolean), query: Object.fromEntries(new URLSearchParams(query)) };
}

export const link = (path, query) => address(`#/${path}`, query);

/** Keep a view's own choices in its address, so that Back and a reload find them; this is no step back by itself. */
export function keepInAddress(path, query) {
  // A view may still have this to do when something was opened over it: that place keeps its own address.
  if (history.state?.opened) return;
  history.replaceState(history.state, "", link(path, query));
  dispatchEvent(new Event("placekept"));
}

/** Where Airflow signs in, and comes back from to this place. Relative to the page, which lies one step below Airflow. */
export const signIn = () => address("../api/v2/auth/login", { next: location.pathname + location.hash });

/** Text that follows typing after a moment, so that not every letter asks the server. */
export function useSettled(value, wait = 250) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return settled;
}

/** `1 difference`, `2 differences`. */
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

const WHOLE = new Intl.NumberFormat("en-US");
const MONEY = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const ROUND = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const DATE = new Intl.DateTimeFormat("en-US", { dateStyle: "medium" });
const MONTH = new Intl.DateTimeFormat("en-US", { month: "short", year: "numeric", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });

export const count = (value) => (value === null || value === undefined ? "–" : WHOLE.format(value));
/** An exact amount of the server's, which is text; negative ones in parentheses, as accountants write them. */
export function money(value, { cents = true } = {}) {
  if (value === null || value === undefined) return "–";
  // Amounts below 9e13 keep their cents in a double; it is only for show, nothing is computed with it.
  const number = Number(value);
  const text = (cents ? MONEY : ROUND).format(Math.abs(number));
  return number < 0 && !/^[0.]+$/.test(text) ? `(${text})` : text;
}
export const moment = (value) => (value ? MOMENT.format(new Date(value)) : "–");
export const day = (value) => (value ? DATE.format(new Date(`${value}T00:00`)) : "–");
export const month = (value) => MONTH.format(new Date(value));

/** How long ago or ahead, roughly: `3 min ago`, `in 2 h`. */
export function ago(value, now = Date.now()) {
  if (!value) return "–";
  const seconds = Math.round((now - new Date(value).getTime()) / 1000);
  const size = Math.abs(seconds);
  const [amount, unit] = size < 60 ? [0, ""] : size < 5400 ? [Math.round(size / 60), "min"]
    : size < 129600 ? [Math.round(size / 3600), "h"] : [Math.round(size / 86400), "days"];
  if (!unit) return seconds < 0 ? "in a moment" : "just now";
  return seconds < 0 ? `in ${amount} ${unit}` : `${amount} ${unit} ago`;
}

/** How old data are: `3 min old`. */
export const age = (value) => (value ? ago(value).replace(" ago", " old").replace("just now", "just read") : "–");

/** `job_cost_transactions` as people write it. */
export const words = (name) => {
  const text = String(name ?? "").replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
};
