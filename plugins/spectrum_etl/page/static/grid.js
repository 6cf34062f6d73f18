// One tab stop for the numbers of a table, with the arrow keys between them: a job has hundreds of them.
import { useEffect, useRef } from "./vendor/preact-hooks.js";
import { html } from "./lib.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Around a table whose cells hold buttons. */
export function Grid({ children }) {
  const place = useRef(null);
  const buttons = () => [...place.current.querySelectorAll("tbody button")];
  const reachable = (one) => buttons().forEach((button) => { button.tabIndex = button === one ? 0 : -1; });
  useEffect(() => {
    const all = buttons();
    reachable(all.find((button) => button === document.activeElement) ?? all.find((button) => button.tabIndex === 0 && button.dataset.current) ?? all[0]);
  });
  const focused = (event) => {
    if (!event.target.matches("tbody button")) return;
    buttons().forEach((button) => { delete button.dataset.current; });
    event.target.dataset.current = "yes";
    reachable(event.target);
  };
  const moved = (event) => {
    const step = STEPS[event.key];
    if (!step || !event.target.matches("tbody button")) return;
    event.preventDefault();
    next(event.target, step)?.focus();
  };
  return html`<div ref=${place} onFocusIn=${focused} onKeyDown=${moved}>${children}</div>`;
}

/** The nearest button in a direction: in the same row, or in the same column of another row. */
function next(button, [down, right]) {
  const cell = button.closest("td");
  if (right) {
    let beside = cell;
    do beside = right > 0 ? beside.nextElementSibling : beside.previousElementSibling; while (beside && !beside.querySelector("button"));
    return beside?.querySelector("button");
  }
  let row = cell.parentElement;
  do row = down > 0 ? row.nextElementSibling : row.previousElementSibling; while (row && !row.cells[cell.cellIndex]?.querySelector("button"));
  return row?.cells[cell.cellIndex].querySelector("button");
}
