/** Asks a nameserver whether it knows a topic: a broker takes connections before it is registered there. */
import { connect } from "node:net";

const requestGetRoute = 105;
const lengthBytes = 4;
const probeTimeoutMs = 2_000;
const pollMs = 50;
const waitMs = 60_000;

/** Resolves once the nameserver has a route for the topic. */
export async function routeIsKnown(address: string, topic: string): Promise<void> {
  const giveUpAt = performance.now() + waitMs;
  while (!(await hasRoute(address, topic))) {
    if (performance.now() > giveUpAt) {
      throw new Error(`${address} never had a route for ${topic}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function hasRoute(address: string, topic: string): Promise<boolean> {
  const [host, port] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.setTimeout(probeTimeoutMs);
    let answer = Buffer.alloc(0);
    const finish = (isKnown: boolean) => {
      socket.destroy();
      resolve(isKnown);
    };
    socket.once("connect", () => socket.write(routeRequest(topic)));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
    socket.once("close", () => resolve(false));
    socket.on("data", (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      const code = responseCode(answer);
      if (code !== undefined) {
        finish(code === 0);
      }
    });
  });
}

/** One frame: its length, the length of the JSON header, the header; there is no body. */
function routeRequest(topic: string): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      code: requestGetRoute,
      extFields: { topic },
      flag: 0,
      language: "JAVA",
      opaque: 1,
      serializeTypeCurrentRPC: "JSON",
      version: 479,
    }),
  );
  const frame = Buffer.alloc(2 * lengthBytes + header.length);
  frame.writeUInt32BE(lengthBytes + header.length, 0);
  frame.writeUInt32BE(header.length, lengthBytes);
  header.copy(frame, 2 * lengthBytes);
  return frame;
}

/** The code in the answer's header; undefined while the header is not there whole. */
function responseCode(answer: Buffer): number | undefined {
  if (answer.length < 2 * lengthBytes) {
    return undefined;
  }
  const headerBytes = answer.readUInt32BE(lengthBytes) & 0xff_ffff;
  if (answer.length < 2 * lengthBytes + headerBytes) {
    return undefined;
  }
  const text = answer.toString("utf8", 2 * lengthBytes, 2 * lengthBytes + headerBytes);
  const header: unknown = JSON.parse(text);
  const code: unknown =
    typeof header === "object" && header !== null ? Reflect.get(header, "code") : undefined;
  return typeof code === "number" ? code : -1;
}
