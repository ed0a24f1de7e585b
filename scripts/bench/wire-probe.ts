/**
 * A remoting client of a few lines, which shares nothing with the product: it measures the start of a broker
 * from outside and makes the topics of a run. Requests go out with JSON headers, which every version answers.
 */
import { connect, type Socket } from "node:net";

const codes = { send: 10, createTopic: 17 } as const;
const replyTimeoutMs = 20_000;

interface ProbeReply {
  readonly code: number;
  readonly remark: string;
}

function encodeRequest(
  code: number,
  opaque: number,
  fields: Record<string, string>,
  body: Buffer,
): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      code,
      flag: 0,
      language: "JAVA",
      opaque,
      serializeTypeCurrentRPC: "JSON",
      version: 479,
      extFields: fields,
    }),
  );
  const frame = Buffer.alloc(8 + header.length + body.length);
  frame.writeUInt32BE(4 + header.length + body.length, 0);
  frame.writeUInt32BE(header.length, 4);
  header.copy(frame, 8);
  body.copy(frame, 8 + header.length);
  return frame;
}

function open(port: number): Promise<Socket | undefined> {
  const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.once("connect", () => resolve(socket));
  socket.once("error", () => resolve(undefined));
  return promise;
}

/** One request on a fresh connection; undefined when the port is closed or the connection breaks. */
async function ask(
  port: number,
  code: number,
  fields: Record<string, string>,
  body: Buffer,
): Promise<ProbeReply | undefined> {
  const socket = await open(port);
  if (socket === undefined) {
    return undefined;
  }
  const { promise, resolve } = Promise.withResolvers<ProbeReply | undefined>();
  let received = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length >= 8 && received.length >= 4 + received.readUInt32BE(0)) {
      const headerBytes = received.readUInt32BE(4) & 0xff_ffff;
      const header = JSON.parse(received.toString("utf8", 8, 8 + headerBytes));
      resolve({ code: Number(header.code), remark: String(header.remark ?? "") });
    }
  });
  socket.on("error", () => resolve(undefined));
  socket.on("close", () => resolve(undefined));
  socket.setTimeout(replyTimeoutMs, () => resolve(undefined));
  socket.write(encodeRequest(code, 1, fields, body));
  const reply = await promise;
  socket.destroy();
  return reply;
}

function sendFields(topic: string): Record<string, string> {
  return {
    producerGroup: "bench-probe",
    topic,
    defaultTopic: "TBW102",
    defaultTopicQueueNums: "8",
    queueId: "0",
    sysFlag: "0",
    bornTimestamp: String(Date.now()),
    flag: "0",
    properties: "",
    reconsumeTimes: "0",
    unitMode: "false",
    batch: "false",
    maxReconsumeTimes: "0",
  };
}

/**
 * Sends one message again and again until the first is acknowledged as stored. Returns the time on the
 * clock of `performance.now()` at which the answer was there.
 */
export async function firstAcknowledgedSend(options: {
  readonly port: number;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly isAlive: () => boolean;
}): Promise<number> {
  const deadlineMs = performance.now() + options.timeoutMs;
  let last = "the port never opened";
  while (performance.now() < deadlineMs) {
    const reply = await ask(
      options.port,
      codes.send,
      sendFields("bench-first"),
      Buffer.from("first"),
    );
    if (reply?.code === 0) {
      return performance.now();
    }
    if (reply !== undefined) {
      last = `code ${reply.code}: ${reply.remark}`;
    }
    if (!options.isAlive()) {
      throw new Error(`the broker ended before it acknowledged a send (${last})`);
    }
    await Bun.sleep(options.pollMs);
  }
  throw new Error(`no send was acknowledged within ${options.timeoutMs} ms: ${last}`);
}

/** Makes a topic of eight queues on the broker itself, which then tells its nameserver. */
export async function createTopic(port: number, topic: string): Promise<void> {
  const fields = {
    topic,
    defaultTopic: "TBW102",
    readQueueNums: "8",
    writeQueueNums: "8",
    perm: "6",
    topicFilterType: "SINGLE_TAG",
    topicSysFlag: "0",
    order: "false",
  };
  const reply = await ask(port, codes.createTopic, fields, Buffer.alloc(0));
  if (reply?.code !== 0) {
    throw new Error(
      `topic ${topic} was not made: ${reply === undefined ? "no answer" : `code ${reply.code} ${reply.remark}`}`,
    );
  }
}
