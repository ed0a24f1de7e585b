// What a scenario says to the harness, one JSON line for each check and observation, and what the harness says to it.
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

const detailMax = 2_000;
/** Long enough for a machine on which a dozen clients share two cores. */
const patienceMs = 90_000;
const pollMs = 20;

export class Report {
  constructor(scenario) {
    this.scenario = scenario;
  }

  check(what, isOk, detail) {
    const text = typeof detail === "string" ? detail : JSON.stringify(detail ?? null);
    this.#print({ check: what, ok: isOk, detail: text.slice(0, detailMax) });
  }

  equal(what, expected, actual) {
    const detail = `expected ${JSON.stringify(expected)}, saw ${JSON.stringify(actual)}`;
    this.check(what, isDeepStrictEqual(expected, actual), detail);
  }

  observe(what, value) {
    this.#print({ observation: what, value });
  }

  event(what, detail) {
    this.#print({ event: what, detail });
  }

  #print(line) {
    process.stdout.write(`${JSON.stringify({ scenario: this.scenario, ...line })}\n`);
  }
}

/** Waits for a condition and says whether it came true in time. */
export async function holds(condition, limitMs = patienceMs) {
  const giveUpAt = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) {
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return true;
}

/** For what a scenario cannot go on without. */
export async function must(what, condition) {
  if (!(await holds(condition))) {
    throw new Error(`did not happen in time: ${what}`);
  }
}

/** Words from the harness on standard input; its end means that nobody waits any more. */
export function listen() {
  const heard = new Set();
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => heard.add(line.trim()));
  lines.on("close", () => process.exit(3));
  return heard;
}
