// How the exports' reasons are told on the page: below a record's name, to people who know no DAGs.

/** The rest of a sentence whose record is named above it already. */
const withoutTitle = (text, title) => {
  const shorter = title ? text.replaceAll(`${title}: `, "") : text;
  return title && shorter.startsWith(`${title} `) ? shorter.slice(title.length + 1) : shorter;
};

/**
 * A reason, or what to do about it, as a sentence: without the record's own title, without names of DAGs, with one full
 * stop, and with fields written as people write them.
 */
export function sentence(text, title) {
  const said = withoutTitle(String(text ?? "").trim(), title)
    .replace(/ \((?:export|unlink)_\w+\)/g, "")
    .replace(/(?<![.\w/])[a-z]+(?:_[a-z]+)+(?![\w.])/g, (name) => name.replaceAll("_", " "));
  const whole = said.charAt(0).toUpperCase() + said.slice(1);
  return !whole || /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}
