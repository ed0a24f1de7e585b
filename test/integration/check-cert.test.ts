/** `mq check cert` against TLS servers, servers without, and files. The certificates of test/fixtures/tls last a century. */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { runMq } from "../support/mq-command.ts";

setDefaultTimeout(60_000);

const folder = "test/fixtures/tls";
const key = Bun.file(`${folder}/server.key`);

function tlsServer(cert: string) {
  return Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0, tls: { cert: Bun.file(`${folder}/${cert}`), key } },
    socket: { data: () => undefined },
  });
}

const good = tlsServer("server.pem");
const expired = tlsServer("expired.pem");
const early = tlsServer("early.pem");
const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
const hangsUp = Bun.listen({
  ...{ hostname: "127.0.0.1", port: 0 },
  socket: { data: (socket) => void socket.end() },
});
afterAll(() => {
  for (const server of [good, expired, early, silent, hangsUp]) {
    server.stop(true);
  }
});

async function check(...words: readonly (string | { readonly port: number })[]) {
  const typed = words.map((word) => (typeof word === "string" ? word : `127.0.0.1:${word.port}`));
  const { exitCode, stdout, stderr } = await runMq(["check", "cert", ...typed]);
  return [exitCode, stdout === "" ? stderr : stdout] as const;
}

describe("a server", () => {
  test("is well while its certificates last longer than both bounds", async () => {
    const [code, text] = await check(good);
    expect(text).toMatch(
      /^MQ CERT OK - 127\.0\.0\.1:\d+: CN=broker-a\.example lasts \d+ days, until 21\d\d-\d\d-\d\d \| '127\.0\.0\.1:\d+ days'=\d+;30:;7:\n$/,
    );
    expect(code).toBe(0);
  });

  test("is warned of and then critical by days", async () => {
    expect((await check(good, "--warn", "90000"))[0]).toBe(1);
    expect((await check(good, "--warn", "90000", "--crit", "80000"))[0]).toBe(2);
    const [code, text] = await check(good, expired);
    expect([code, text.includes("ran out on 2021-01-01")]).toEqual([2, true]);
    expect(text).toMatch(/'127\.0\.0\.1:\d+ days'=-\d+;30:;7:/);
  });

  test("is critical before its certificate's time", async () => {
    const [code, text] = await check(early);
    expect([code, text.includes("CN=broker-a.example is not valid before 2100-01-01")]).toEqual([
      2,
      true,
    ]);
  });

  test("is one metric with the others, and a label of its own", async () => {
    const [, text] = await check(good, expired, "--format", "prometheus");
    expect(text.match(/^mq_check_days\{.*,server="127\.0\.0\.1:\d+"\} -?\d+$/gm)).toHaveLength(2);
  });

  test("is trusted when an authority vouches for it, and it is for the name", async () => {
    const ca = ["--ca", `${folder}/ca.pem`];
    expect((await check(good, ...ca, "--host", "broker-a.example"))[0]).toBe(0);
    expect((await check(good, ...ca, "--host", "127.0.0.1"))[0]).toBe(0);
    const [code, text] = await check(good, "--host", "broker-b.example");
    expect([code, text.includes("it is not for 'broker-b.example'")]).toEqual([2, true]);
    const other = await check(good, "--ca", `${folder}/expired.pem`);
    expect([other[0], /SELF_SIGNED|UNABLE_TO/.test(other[1])]).toEqual([2, true]);
  });

  test("without TLS is unknown, whether it hangs up, says nothing or is not there", async () => {
    const [code, text] = await check(hangsUp);
    expect([code, text.includes("does not speak TLS")]).toEqual([3, true]);
    const waited = await check(silent, "--timeout", "200ms");
    expect([waited[0], waited[1].includes("did not finish a TLS handshake in 200 ms")]).toEqual([
      3,
      true,
    ]);
    expect((await check("127.0.0.1:1"))[1]).toContain("refused the connection");
    expect((await check("127.0.0.1:1", expired))[0]).toBe(2);
  });
});

describe("a file", () => {
  test("is looked at where no server has to run", async () => {
    expect((await check("--file", `${folder}/server.pem`))[0]).toBe(0);
    expect((await check("--file", `${folder}/expired.pem`))[0]).toBe(2);
  });

  test("that is none of certificates, and flags that do not go together, are refused", async () => {
    expect((await check("--file", `${folder}/server.key`))[0]).toBe(2);
    expect((await check("--file", `${folder}/nowhere.pem`))[0]).toBe(3);
    expect((await check("--file", `${folder}/ca.pem`, good))[0]).toBe(2);
    expect((await check(good, "--warn", "3", "--crit", "9"))[1]).toContain("fewer days are worse");
    expect((await check("broker-a"))[1]).toContain("is no HOST:PORT");
  });
});
