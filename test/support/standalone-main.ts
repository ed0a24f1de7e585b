/** A nameserver and a broker as a process of their own, for tests that measure or kill one. Arguments: folder, flush. */
import { startStandalone } from "../../src/app/standalone-app.ts";
import { createBunEnvironment } from "../../src/io/bun/environment.ts";

const [folder, flush] = process.argv.slice(2);
if (folder === undefined || (flush !== "sync" && flush !== "async")) {
  throw new Error("usage: standalone-main FOLDER sync|async");
}
const environment = createBunEnvironment({ level: "error", format: "text" });
const running = await startStandalone(environment, {
  storeFolder: folder,
  listen: { host: "127.0.0.1", port: 0 },
  nameserverListen: { host: "127.0.0.1", port: 0 },
  flush,
});
process.on("SIGTERM", () => {
  void running.stop().then(() => process.exit(0));
});
// Whoever started this ends it; without that, it ends with its parent.
setInterval(() => {
  if (process.ppid === 1) {
    process.exit(1);
  }
}, 1_000);
const { broker, nameserver } = running;
process.stdout.write(
  `${JSON.stringify({ broker: broker.address.port, nameserver: nameserver.address.port })}\n`,
);
