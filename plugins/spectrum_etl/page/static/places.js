// Places within a view that have an address of their own: a record, a rejected row, a number's postings. Opened from a
// list they are a step of the browser's history, so that Back closes them; closing one is that step back.
import { address } from "./lib.js";

const NO_PROJECT = "-";
const moved = () => dispatchEvent(new HashChangeEvent("hashchange"));

/** A place's address; every part of its path is quoted. */
export const placeOf = (parts, query) => address(`#/${parts.map((part) => encodeURIComponent(part)).join("/")}`, query);

// A step back takes the browser a moment. What is opened meanwhile, by Escape and Enter in one breath, waits for it: the
// step would else take that away again.
let stepping = null;
const LONGEST_STEP = 1000; // milliseconds

/** Open a place from the list that is shown. */
export function open(place) {
  if (stepping) return void stepping.then(() => open(place));
  history.pushState({ opened: true }, "", place);
  moved();
}

/** Close it: a step back where it was opened from a list, else, as after a link from outside, on to that list. */
export function close(list) {
  if (stepping) return undefined;
  if (history.state?.opened) {
    stepping = new Promise((done) => {
      addEventListener("popstate", done, { once: true });
      setTimeout(done, LONGEST_STEP);
    }).then(() => void (stepping = null));
    return history.back();
  }
  history.replaceState(null, "", list);
  return moved();
}

/** The place of a record of the exports, with the list that is behind it. */
export const recordPlace = (row, query) =>
  placeOf(["export", "record", row.object_name, row.company_code, row.project_id || NO_PROJECT, row.record_id], query);

/** The record that a path names, as far as that tells it; null where it names none. */
export function recordOf(path) {
  if (path[0] !== "record" || path.length !== 5) return null;
  const [object_name, company_code, project, record_id] = path.slice(1).map(decodeURIComponent);
  return { object_name, company_code, project_id: project === NO_PROJECT ? "" : project, record_id };
}
