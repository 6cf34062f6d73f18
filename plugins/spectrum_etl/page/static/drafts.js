// What somebody has typed and not sent: it is there again when its dialog is opened again, until it is sent or the tab
// is closed. Kept by the question that it answers: one that is asked again starts empty.

const PREFIX = "erp-integrations-draft ";

/** What was typed for a question; an empty object where nothing was. */
export function draftOf(key) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + key)) ?? {};
  } catch {
    return {}; // no storage in this browser, or not ours
  }
}

/** Keep more of what is typed for a question. */
export function keepDraft(key, changed) {
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify({ ...draftOf(key), ...changed }));
  } catch {
    // no storage in this browser: nothing is kept
  }
}

export function forgetDraft(key) {
  try {
    sessionStorage.removeItem(PREFIX + key);
  } catch {
    // no storage in this browser: nothing was kept
  }
}
