// The Node client under test: runs every scenario side by side in this one process and reports what held.
//
// Arguments: the nameserver's address, the target ("mq" or "rocketmq"), a prefix for topic and group names, and the
// names of scenarios to run. Lines on standard output are JSON, see report.js.
import { ScenarioContext } from "./context.js";
import { delayScenario, retryScenario } from "./later.js";
import { killedScenario, rebalanceScenario, runMember } from "./members.js";
import { Report, listen } from "./report.js";
import { restartScenario } from "./restart.js";
import { broadcastScenario, pushScenario, sendScenario } from "./send-push.js";

/** The broker is killed in it: it comes last. */
const lastScenario = "restart";

const scenarios = {
  send: sendScenario,
  push: pushScenario,
  broadcast: broadcastScenario,
  delay: delayScenario,
  retry: retryScenario,
  rebalance: rebalanceScenario,
  killed: killedScenario,
  [lastScenario]: restartScenario,
};

async function runScenario(name, options) {
  const report = new Report(name);
  const context = new ScenarioContext({ ...options, report, scenario: name });
  const startedAt = performance.now();
  try {
    await scenarios[name](context);
  } catch (error) {
    report.check("runs to its end", false, error.stack);
  }
  await context.close();
  report.event("finished", `${(performance.now() - startedAt).toFixed(0)} ms`);
}

async function main([nameserver, , prefix, ...names]) {
  const unknown = names.find((name) => scenarios[name] === undefined);
  if (unknown !== undefined) {
    throw new Error(`no such scenario: ${unknown}`);
  }
  const options = { nameserver, prefix, control: listen() };
  const together = names.filter((name) => name !== lastScenario);
  await Promise.all(together.map((name) => runScenario(name, options)));
  if (names.includes(lastScenario)) {
    await runScenario(lastScenario, options);
  }
  new Report("all").event("done", "");
  process.exit(0);
}

const words = process.argv.slice(2);
await (words[0] === "member" ? runMember(words.slice(1)) : main(words));
