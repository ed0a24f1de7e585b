/**
 * The executable: arguments to a command to an exit code. Holds the only exit of the process, and the only place
 * outside `src/io/bun` where the real machine is chosen.
 */
import { createBunCertificates } from "../src/io/bun/certificates.ts";
import { createBunEnvironment } from "../src/io/bun/environment.ts";
import { createBunHttp } from "../src/io/bun/http.ts";
import { createBunProcess } from "../src/io/bun/process.ts";
import { createBunTerminal } from "../src/io/bun/terminal.ts";
import type { ProcessPort } from "../src/io/process.ts";
import { calledAs } from "./called-as.ts";
import { exitCode } from "./exit-code.ts";
import { Session } from "./session.ts";

const machine: ProcessPort = createBunProcess();
const terminal = await createBunTerminal();
const called = calledAs(machine.calledAs, machine.argv);
if (called.words === undefined) {
  terminal.note(`error[MQ-E-USAGE]: ${called.refusal}\nhint: ${called.hint}`);
  machine.exit(exitCode.usage);
}
const { words } = called;
const isVerbose = words.some((word) => /^(-v+|--verbose)$/.test(word));
const isJsonLog =
  words.includes("--log-format=json") || words[words.indexOf("--log-format") + 1] === "json";
const environment = createBunEnvironment({
  level: isVerbose ? "debug" : "info",
  format: isJsonLog || machine.environment["MQ_LOG_FORMAT"] === "json" ? "json" : "text",
});
const session = new Session({
  environment,
  process: machine,
  http: createBunHttp(),
  certificates: createBunCertificates(),
  terminal,
});
machine.onSignal((signal) => {
  if (!session.stop(signal) && signal === "SIGINT") {
    // Ctrl-C a second time: whoever types it does not want to wait for an orderly end. SIGTERM often comes twice, to
    // the process and to its group, and means no more than once.
    machine.exit(exitCode.interrupted);
  }
});

const code = await session.foreground((signal) => session.run(words, signal));
await session.close();
machine.exit(code);
