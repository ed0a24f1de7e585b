/** Stops and asks about servers through the records they left. */
import { joinPath } from "../../../src/io/disk.ts";
import { type Command, type CommandContext, defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { toggle, type Zod } from "../../flag.ts";
import { type ProcessRecord, readRecord, recordPath } from "./process-record.ts";
import { storeFlag } from "./server-flags.ts";
import { storeFolder } from "./settings.ts";
import { startedStores } from "./started-stores.ts";

const stopTimeoutMs = 30_000;
const lookAgainMs = 20;

type ServerKind = ProcessRecord["kind"];

const statusSchema = (z: Zod) =>
  z.object({
    running: z.boolean(),
    kind: z.string().optional(),
    pid: z.number().optional(),
    broker: z.string().optional(),
    nameserver: z.string().optional(),
    http: z.string().optional(),
    store: z.string(),
  });

/** `… stop` for a server with a store. */
export function stopCommand(kind: ServerKind): Command {
  return defineCommand({
    spec: {
      path: [kind, "stop"],
      summary: "stop the broker of a store",
      description: "Sends SIGTERM to the process that holds the store and waits until it has gone.",
      flags: { store: storeFlag, all: toggle("every broker that was started by this user") },
      examples: [`mq ${kind} stop --store ./store`, `mq ${kind} stop --all`],
    },
    async run(context, { flags }) {
      if (flags.all) {
        await stopAll(context);
        return undefined;
      }
      const folder = storeFolder(context, flags.store);
      const record = runningServer(context, folder);
      if (record === undefined) {
        throw new CommandError("MQ-E-NOTRUNNING", exitCode.notFound, `no broker runs on ${folder}`);
      }
      await stopProcess(context, record.pid);
      context.output.note(`stopped process ${record.pid}`);
      return undefined;
    },
  });
}

/** Stops one broker after the other. Throws CommandError when none runs. */
async function stopAll(context: CommandContext): Promise<void> {
  const running = new Map(
    startedStores(context).flatMap((store) => {
      const record = runningServer(context, store);
      return record === undefined ? [] : [[record.pid, store] as const];
    }),
  );
  if (running.size === 0) {
    throw new CommandError("MQ-E-NOTRUNNING", exitCode.notFound, "no broker of this user runs");
  }
  for (const [pid, store] of running) {
    await stopProcess(context, pid);
    context.output.note(`stopped process ${pid}, the broker on ${store}`);
  }
}

/** `… status` for a server with a store. */
export function statusCommand(kind: ServerKind): Command {
  return defineCommand({
    spec: {
      path: [kind, "status"],
      summary: "tell whether the broker of a store runs",
      description: "Exit code 3 when it does not.",
      flags: { store: storeFlag },
      output: statusSchema,
      examples: [`mq ${kind} status --store ./store`],
    },
    async run(context, { flags }) {
      const folder = storeFolder(context, flags.store);
      const record = runningServer(context, folder);
      context.output.item("ServerStatus", {
        running: record !== undefined,
        ...(record === undefined
          ? {}
          : {
              kind: record.kind,
              pid: record.pid,
              broker: record.broker,
              nameserver: record.nameserver,
              http: record.http,
            }),
        store: folder,
      });
      return record === undefined ? exitCode.notFound : undefined;
    },
  });
}

/** The record of the process that holds the store; the lock tells, the record only names it. */
export function runningServer(context: CommandContext, folder: string): ProcessRecord | undefined {
  const { disk } = context.environment;
  const record = readRecord(disk, recordPath(folder));
  if (record === undefined || !disk.exists(folder)) {
    return undefined;
  }
  const lock = disk.lock(joinPath(folder, "lock"));
  lock?.release();
  return lock === undefined ? record : undefined;
}

/** Asks the process to stop and waits until it has. */
export async function stopProcess(context: CommandContext, pid: number): Promise<void> {
  const { clock } = context.environment;
  const { process } = context;
  const untilMs = clock.elapsedMs() + stopTimeoutMs;
  process.signal(pid, "SIGTERM");
  const keep = process.keepAlive();
  try {
    while (process.isRunning(pid)) {
      if (clock.elapsedMs() > untilMs) {
        throw new CommandError(
          "MQ-E-TIMEOUT",
          exitCode.failed,
          `process ${pid} did not stop within ${stopTimeoutMs / 1_000} s`,
          { hint: `it may still be flushing; kill -9 ${pid} loses nothing that was acknowledged` },
        );
      }
      await new Promise<void>((resolve) => clock.after(lookAgainMs, resolve));
    }
  } finally {
    keep();
  }
}
