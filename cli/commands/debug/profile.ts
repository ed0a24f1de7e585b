/** `mq debug profile`: what a running server does with its time or its memory, in a file for Chrome's developer tools. */
import { timeoutMsDefault } from "../../../src/client/index.ts";
import { DiskError, type DiskFile } from "../../../src/io/disk.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { flag, text, toggle, wholeNumber } from "../../flag.ts";
import { progressOf } from "../../progress.ts";
import { formatBytes } from "../../render/format.ts";
import type { Column } from "../../render/listing.ts";
import { formatTime } from "../../render/time.ts";
import { httpError, httpRefusal, localHttp, type WantedOfHttp } from "../server/asking-http.ts";
import { storeFlag } from "../server/server-flags.ts";
import { readAddress } from "../server/settings.ts";
import { readCpuProfile } from "./cpu-profile.ts";

const statusOk = 200;
const secondsDefault = 10;
const functionsMax = 10;
/** Taking a heap's picture stops the server: a large one takes long to begin to answer. */
const heapTimeoutMs = 120_000;
const profileBytesMax = 512 << 20;

const wanted: WantedOfHttp = {
  words: "mq debug profile",
  flag: "--http-profile",
  what: "profile",
};

const columns: readonly Column[] = [
  { key: "profile", head: "profile" },
  { key: "file", head: "file" },
  { key: "bytes", head: "bytes" },
  { key: "samples", head: "samples" },
];

const functionColumns: readonly Column[] = [
  { key: "percent", head: "%", align: "right" },
  { key: "samples", head: "SAMPLES", align: "right" },
  { key: "function", head: "FUNCTION" },
  { key: "location", head: "LOCATION" },
];

export const command = defineCommand({
  spec: {
    path: ["debug", "profile"],
    summary: "see what a running mq server does with its time or its memory",
    description:
      "Reads /profile or /heap of a server that was started with --http HOST:PORT --http-profile; RocketMQ's have no such thing.\nWithout an address the broker of --store on this machine. Writes a .cpuprofile or a .heapsnapshot, which Chrome's\ndeveloper tools open (Performance, Memory), and shows where most of the time went. A CPU profile\nslows a busy server down (40 % fewer messages a second were seen at its limit); --heap stops it until the file is made, and\nthe file may have texts of messages in it. Names of functions are the short ones of the executable, with the file and line\nof the source.",
    arguments: [{ name: "HOST:PORT", about: "where the server answers HTTP", isOptional: true }],
    flags: {
      store: storeFlag,
      seconds: flag(wholeNumber(1, 300).default(secondsDefault), {
        about: "how long to look (10)",
        value: "N",
      }),
      heap: toggle("what its memory holds instead; stops the server meanwhile"),
      to: flag(text(1).optional(), { about: "the file; one with the time without", value: "FILE" }),
    },
    output: (z) =>
      z.object({
        profile: z.enum(["cpu", "heap"]),
        file: z.string(),
        bytes: z.number(),
        samples: z.number().nullable(),
        functions: z.array(
          z.strictObject({
            function: z.string(),
            location: z.string(),
            samples: z.number(),
            percent: z.number(),
          }),
        ),
      }),
    examples: [
      "mq debug profile 127.0.0.1:9090 --seconds 30",
      "mq debug profile 127.0.0.1:9090 --heap --to broker.heapsnapshot",
    ],
  },
  async run(context, { arguments: [named], flags }) {
    const { disk, clock } = context.environment;
    const address = named ?? localHttp(context, flags.store, wanted);
    const target = readAddress("HOST:PORT", address);
    const stamp = formatTime(clock.nowMs(), true).slice(0, 19).replace(/[-:]/g, "");
    const path = flags.to ?? `mq-${stamp}Z.${flags.heap ? "heapsnapshot" : "cpuprofile"}`;
    if (disk.exists(path)) {
      throw new CommandError("MQ-E-EXISTS", exitCode.precondition, `${path} is there already`);
    }
    const letGo = context.process.keepAlive();
    const bar = progressOf(context, {
      max: flags.heap ? 0 : flags.seconds,
      label: flags.heap ? "waiting for the heap" : "looking",
    });
    try {
      const answer = await context.http.get(
        target,
        flags.heap ? "/heap" : `/profile?seconds=${flags.seconds}`,
        {
          timeoutMs: flags.heap ? heapTimeoutMs : (context.global.timeout ?? timeoutMsDefault),
          signal: context.signal,
        },
      );
      if (answer.status !== statusOk) {
        throw await httpRefusal(address, answer, wanted);
      }
      const body = countingSigns(answer.pieces, (signs) => bar.advance(signs));
      const found = flags.heap
        ? { bytes: await writePieces(context, path, body), samples: null, functions: [] }
        : await writeCpuProfile(context, path, body);
      bar.stop();
      await context.output.sheet({
        kind: "Profile",
        item: { profile: flags.heap ? "heap" : "cpu", file: path, ...found },
        columns,
        sections: [{ title: "MOST OF THE TIME", key: "functions", columns: functionColumns }],
      });
      context.output.note(`${formatBytes(found.bytes)}; Chrome's developer tools open ${path}`);
      return undefined;
    } catch (error) {
      if (context.signal.aborted) {
        return exitCode.interrupted;
      }
      throw httpError(address, error, wanted);
    } finally {
      bar.stop();
      letGo();
    }
  },
});

/** A server sends a line end a second until the profile is there. */
async function* countingSigns(
  pieces: AsyncIterable<Uint8Array>,
  onSigns: (count: number) => void,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const text = bytes.length <= 8 ? bytes.toString("latin1") : "";
    if (/^\n+$/.test(text)) {
      onSigns(text.length);
    } else {
      yield bytes;
    }
  }
}

async function writeCpuProfile(
  context: CommandContext,
  path: string,
  pieces: AsyncIterable<Buffer>,
) {
  const parts: Buffer[] = [];
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > profileBytesMax) {
      throw new CommandError(
        "MQ-E-FAILED",
        exitCode.failed,
        `the profile has more than ${formatBytes(profileBytesMax)}`,
        { hint: "fewer --seconds" },
      );
    }
    parts.push(piece);
    text += decoder.decode(piece, { stream: true });
  }
  // First: what is no profile makes no file.
  const read = readCpuProfile(text + decoder.decode(), functionsMax);
  await writePieces(context, path, parts);
  return { bytes, ...read };
}

/** Resolves with the bytes. A file that could not be finished is removed. */
async function writePieces(
  { environment: { disk } }: CommandContext,
  path: string,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<number> {
  let file: DiskFile | undefined;
  let end = 0;
  try {
    for await (const piece of pieces) {
      file ??= disk.open(path, "create");
      file.write(piece, 0, piece.length, end);
      end += piece.length;
    }
    return end;
  } catch (error) {
    if (file !== undefined) {
      disk.remove(path);
    }
    if (error instanceof DiskError) {
      throw new CommandError("MQ-E-FAILED", exitCode.failed, error.message);
    }
    throw error;
  } finally {
    file?.close();
  }
}
