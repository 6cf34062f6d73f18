// Exact sums of amounts, which come as text: doubles would lose cents in large jobs.
export const SUMS = ["original_estimate", "changes", "current_estimate", "committed_cost", "actual_cost", "cost_at_completion", "variance"];

/** Exact sum of amounts with at most four decimals; null where there are none, or one of them is not known. */
export function exactSum(values) {
  if (!values.length || values.some((value) => value === null || value === undefined)) return null;
  const total = values.reduce((sum, value) => sum + scaled(value), 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(5, "0");
  return `${total < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** The first of two amounts less the second, exactly. */
export const difference = (one, other) => exactSum([one, String(other).startsWith("-") ? String(other).slice(1) : `-${other}`]);

/** Whether the first of two amounts is the greater one. */
export const compare = (one, other) => scaled(one) > scaled(other);

/** The lines of a job, with a line of sums below each phase that has several. */
export function byPhase(lines) {
  const phases = new Map();
  for (const line of lines) phases.set(line.phase_code, [...(phases.get(line.phase_code) ?? []), line]);
  return [...phases].flatMap(([phase, found]) => found.length < 2 ? found : [...found, {
    phase_code: phase, subtotal: true, cost_type: "",
    ...Object.fromEntries(SUMS.map((name) => [name, exactSum(found.map((line) => line[name]))])),
  }]);
}

function scaled(value) {
  const [whole, part = ""] = String(value).replace("-", "").split(".");
  const number = BigInt(whole + part.padEnd(4, "0").slice(0, 4));
  return String(value).startsWith("-") ? -number : number;
}
