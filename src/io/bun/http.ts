/** HTTP on Bun's own server. */
import type { HttpAnswer, HttpListener, HttpPort, HttpReply, HttpStream } from "../http.ts";
import { type Address, NetworkError } from "../network.ts";

/** A probe that takes longer than this to ask or to listen is cut off. */
const idleSeconds = 10;
const lineCharactersMax = 1 << 20;
const internalError = 500;
const methodNotAllowed = 405;

function listen(
  { host, port }: Address,
  answer: (path: string, query: URLSearchParams) => HttpReply | Promise<HttpReply>,
): HttpListener {
  try {
    const server = Bun.serve({
      hostname: host,
      port,
      idleTimeout: idleSeconds,
      maxRequestBodySize: 0,
      development: false,
      async fetch(request) {
        if (request.method !== "GET" && request.method !== "HEAD") {
          return new Response("only GET\n", {
            status: methodNotAllowed,
            headers: { allow: "GET, HEAD" },
          });
        }
        const { pathname, searchParams } = new URL(request.url);
        const { status, contentType, body } = await answer(pathname, searchParams);
        return new Response(typeof body === "string" ? body : streamOf(body, request), {
          status,
          headers: { "content-type": contentType },
        });
      },
      error: () => new Response("failed\n", { status: internalError }),
    });
    return {
      host,
      port: server.port ?? port,
      close: () => {
        void server.stop(true);
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetworkError(`cannot listen on ${host}:${port}: ${reason}`);
  }
}

/** Tells the source when the reader has gone, however that shows. */
function streamOf(source: HttpStream, request: Request): ReadableStream<Uint8Array> | null {
  if (request.method === "HEAD") {
    source.close();
    return null;
  }
  request.signal.addEventListener("abort", () => source.close());
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = await source.next();
        if (piece === undefined) {
          controller.close();
        } else {
          controller.enqueue(encoder.encode(piece));
        }
      },
      cancel: () => source.close(),
    },
    { highWaterMark: 0 },
  );
}

async function get(
  { host, port }: Address,
  path: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HttpAnswer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const where = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  try {
    const response = await fetch(`${where}${path}`, {
      signal: AbortSignal.any([signal, late.signal]),
      redirect: "manual",
    });
    return {
      status: response.status,
      lines: linesOf(where, response),
      pieces: piecesOf(where, response),
    };
  } catch (error) {
    const reason = late.signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error);
    throw new NetworkError(`${where}: ${reason}`);
  } finally {
    clearTimeout(timer);
  }
}

async function* linesOf(where: string, { body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > lineCharactersMax) {
        throw new NetworkError(`a line of more than ${lineCharactersMax} characters`);
      }
      yield* lines;
    }
  } catch (error) {
    throw new NetworkError(`${where}: ${messageOf(error)}`);
  }
  if (rest !== "") {
    yield rest;
  }
}

async function* piecesOf(where: string, { body }: Response): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch (error) {
    throw new NetworkError(`${where}: ${messageOf(error)}`);
  }
}

/** Without Bun's advice to whoever wrote the call. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ For more information, pass .*$/, "");
}

/** Makes the process's HTTP. */
export function createBunHttp(): HttpPort {
  return { listen, get };
}
