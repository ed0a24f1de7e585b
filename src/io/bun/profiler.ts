/** The profiler of Bun's engine, through its inspector; loaded when somebody asks for a profile. */
import { Session } from "node:inspector";
import type { Profiler } from "../profiler.ts";

const sampleEveryUs = 1_000;

export function createBunProfiler(): Profiler {
  let session: Session | undefined;
  return {
    async start() {
      if (session !== undefined) {
        throw new Error("a profile is being taken");
      }
      const started = new Session();
      session = started;
      started.connect();
      await post(started, "Profiler.enable");
      await post(started, "Profiler.setSamplingInterval", { interval: sampleEveryUs });
      await post(started, "Profiler.start");
    },
    async stop() {
      const started = session;
      if (started === undefined) {
        throw new Error("no profile is being taken");
      }
      session = undefined;
      try {
        const { profile } = (await post(started, "Profiler.stop")) as { profile: unknown };
        await post(started, "Profiler.disable");
        return JSON.stringify(profile);
      } finally {
        started.disconnect();
      }
    },
    heap: () => Bun.generateHeapSnapshot("v8"),
  };
}

function post(session: Session, method: string, parameters: object = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    session.post(method, parameters, (error: Error | null, result?: object) => {
      if (error === null || error === undefined) {
        resolve(result);
      } else {
        reject(error);
      }
    });
  });
}
