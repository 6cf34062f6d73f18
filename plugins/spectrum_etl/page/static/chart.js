// Two small charts that share their months: cost to date against the budget, and the cost of each month. Drawn by uPlot.
import { useEffect, useRef, useState } from "./vendor/preact-hooks.js";
import { html, money, month } from "./lib.js";

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const short = (value) => {
  const size = Math.abs(value);
  return size >= 1e6 ? `${+(value / 1e6).toFixed(2)} M` : size >= 1e3 ? `${+(value / 1e3).toFixed(1)} k` : String(value);
};

const told = (at) => `${month(at.month)}: ${money(at.actual_cost)}, to date ${money(at.cost_to_date)}`;

/** `onMonth` is told which month's postings are asked for: by a click, or with the arrow keys and Enter. */
export function CostChart({ months, budget, onMonth }) {
  const place = useRef(null);
  const readout = useRef(null);
  const drawn = useRef([]);
  const [chosen, setChosen] = useState(months.length - 1);
  useEffect(() => {
    const target = place.current;
    let charts = [];
    const draw = () => {
      charts.forEach((chart) => chart.destroy());
      charts = drawn.current = make(target, months, Number(budget), onMonth, (index) => {
        const at = months[index ?? -1];
        readout.current.textContent = at ? told(at) : "Click a month to see its postings.";
      });
    };
    draw();
    const sized = new ResizeObserver(() => charts.forEach((chart) => chart.setSize({ width: target.clientWidth, height: chart.height })));
    sized.observe(target);
    addEventListener("themechange", draw);
    return () => {
      removeEventListener("themechange", draw);
      sized.disconnect();
      charts.forEach((chart) => chart.destroy());
    };
  }, [months, budget]);
  const last = months[months.length - 1];
  const keys = { ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: months.length - 1 };
  const pressed = (event) => {
    if (event.key in keys) {
      event.preventDefault();
      show(Math.min(months.length - 1, Math.max(0, keys[event.key])));
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onMonth((months[chosen] ?? last).month);
    }
  };
  const show = (index) => {
    setChosen(index);
    // The second chart follows the first.
    const chart = drawn.current[0];
    chart?.setCursor({ left: chart.valToPos(index, "x"), top: 1 });
    readout.current.textContent = `${told(months[index])}. Enter shows its postings.`;
  };
  return html`<figure class="chart">
    <figcaption><span class="key line"></span> Cost to date <span class="key budget"></span> Current budget
      <span class="key bars"></span> Cost of the month
      <span class="readout faint" ref=${readout}>Click a month to see its postings.</span></figcaption>
    <div ref=${place} class="months" tabindex="0" role="slider" aria-valuemin="1" aria-valuemax=${months.length} aria-valuenow=${chosen + 1}
         aria-valuetext=${told(months[chosen] ?? last)} onKeyDown=${pressed} onFocus=${() => show(Math.min(chosen, months.length - 1))} aria-label="Cost by month; Enter shows the postings of a month. From ${month(months[0].month)} to ${month(last.month)} ${money(last.cost_to_date)} were spent, of a current budget of ${money(budget)}."></div>
  </figure>`;
}

function make(target, months, budget, onMonth, onPoint) {
  const at = months.map((_, index) => index);
  const names = months.map((entry) => month(entry.month));
  const spent = months.map((entry) => Number(entry.cost_to_date));
  const cost = months.map((entry) => Number(entry.actual_cost));
  const line = { stroke: color("--faint"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const base = (height, named) => ({
    width: target.clientWidth || 800, height, legend: { show: false },
    cursor: { sync: { key: "job-cost" }, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false, range: () => [-0.6, months.length - 0.4] } },
    axes: [
      { ...line, grid: { show: false }, size: named ? 30 : 6, values: (_, splits) => splits.map((i) => (named && Number.isInteger(i) && names[i]) || ""), space: 70 },
      { ...line, size: 76, values: (_, splits) => splits.map(short) },
    ],
    hooks: { setCursor: [(chart) => onPoint(chart.cursor.idx)], ready: [(chart) => chart.over.addEventListener("click", () => {
      if (chart.cursor.idx !== null && chart.cursor.idx !== undefined) onMonth(months[chart.cursor.idx].month);
    })] },
  });
  const top = base(230, false);
  top.scales.y = { range: (_, low, high) => [Math.min(0, low), Math.max(high, budget) * 1.06 || 1] };
  top.series = [{},
    { label: "Cost to date", stroke: color("--accent"), width: 2, fill: color("--accent-soft"), points: { show: months.length < 3 } },
    { label: "Current budget", stroke: color("--budget"), width: 2, dash: [6, 5], points: { show: false } }];
  const bottom = base(150, true);
  bottom.series = [{}, { label: "Cost of the month", stroke: color("--accent"), fill: color("--bars"), width: 0,
    paths: uPlot.paths.bars({ size: [0.62, 46] }), points: { show: false } }];
  bottom.scales.y = { range: (_, low, high) => [Math.min(0, low), high * 1.08 || 1] };
  return [new uPlot(top, [at, spent, at.map(() => budget)], target), new uPlot(bottom, [at, cost], target)];
}
