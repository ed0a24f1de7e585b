/** What never leaves a bundle: secrets by their names, by their forms, and wherever else they come again. */
import { expect, test } from "bun:test";
import { Secrets } from "./secrets.ts";

test("values whose names say what they are, in every way in which they are written", () => {
  const secrets = new Secrets();
  const texts = [
    "secretKey=hunter22",
    'password: "hunter22 with spaces"',
    "SecretKey = 'hunter22'",
    '{"accessKey":"hunter22","n":1}',
    String.raw`config {\"secretKey\":\"hunter22,hunter22\",\"n\":1}`,
    '{"aclTokenCount":22222222,"n":1}',
    "?token=hunter22&n=1",
    "Authorization: Bearer hunter22",
    '{"authorization":"Basic hunter22"}',
    "Signature:hunter22",
    "http://user:hunter22@proxy:3128/",
    "tls.server.keyPassword=hunter22",
    "-----BEGIN RSA PRIVATE KEY-----\nhunter22\nhunter22\n-----END RSA PRIVATE KEY-----",
  ];
  for (const text of texts) {
    const masked = secrets.text(text);
    expect([masked, /hunter22|22222222/.test(masked)]).toEqual([masked, false]);
    expect(masked).toContain("***");
    if (text.startsWith("{")) {
      expect(JSON.parse(masked)).toBeObject();
    }
  }
});

test("what is no secret stays as it is", () => {
  const secrets = new Secrets();
  const text =
    'topic=orders group=billing {"queueId":1,"offset":88120} http://ns1:9876/ brokerIP1=10.0.3.7\n';
  expect(secrets.text(text)).toBe(text);
  const empty = "metricsGrpcExporterHeader=\nmetricsLabel=a\nauthorization:\nnext=b\n";
  expect(secrets.text(empty)).toBe(empty.replace("authorization:", "authorization:***"));
  const settings = new Map([
    ["brokerName", "broker-a"],
    ["aclEnable", "true"],
  ]);
  expect(secrets.settings(settings)).toEqual(settings);
});

test("a value that was learnt is masked wherever it comes again, under no name at all", () => {
  const secrets = new Secrets();
  const settings = new Map([
    ["innerClientAuthenticationCredentials", '{"accessKey":"inner-user","secretKey":"inner-pass"}'],
    ["initAuthenticationUser", '{"username":"root-user","password":"root-pass"}'],
    ["metricsGrpcExporterHeader", "x-key:grpc-header"],
    ["secretSwitch", "false"],
  ]);
  expect([...secrets.settings(settings).values()]).toEqual(["***", "***", "***", "***"]);
  const log = "login of inner-user with inner-pass, root-pass; x-key:grpc-header; enabled false";
  expect(secrets.text(log)).toBe("login of *** with ***, ***; ***; enabled false");
});

test("tables are masked to any depth, and stay tables", () => {
  const secrets = new Secrets();
  const table = {
    current: "prod",
    profile: {
      prod: {
        nameserver: ["ns1:9876"],
        auth: { "access-key": "ops-user", secret: { cmd: ["pass", "prod-entry"] }, names: ["a"] },
        endpoints: [{ host: "h", token: "endpoint-token" }],
      },
    },
  };
  expect(secrets.table(table)).toEqual({
    current: "prod",
    profile: {
      prod: {
        nameserver: ["ns1:9876"],
        auth: { "access-key": "***", secret: "***", names: ["a"] },
        endpoints: [{ host: "h", token: "***" }],
      },
    },
  });
  expect(secrets.text("ops-user endpoint-token prod-entry")).toBe("*** *** ***");
});

test("a stranger's long line takes no long time", () => {
  const secrets = new Secrets();
  const startedMs = performance.now();
  for (const piece of ["token", "a.", "http://", '\\"', "a", "=", "secret="]) {
    secrets.text(piece.repeat(1_000_000 / piece.length));
  }
  // Quadratic time would be minutes.
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});
