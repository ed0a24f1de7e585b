/** HTTP on Bun's own server. */
import type { HttpListener, HttpPort, HttpReply } from "../http.ts";
import { type Address, NetworkError } from "../network.ts";

/** A probe that takes longer than this to ask or to listen is cut off. */
const idleSeconds = 10;
const internalError = 500;
const methodNotAllowed = 405;

function listen(
  { host, port }: Address,
  answer: (path: string) => HttpReply | Promise<HttpReply>,
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
        const { status, contentType, body } = await answer(new URL(request.url).pathname);
        return new Response(body, { status, headers: { "content-type": contentType } });
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

/** Makes the process's HTTP. */
export function createBunHttp(): HttpPort {
  return { listen };
}
