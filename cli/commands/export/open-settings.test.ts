/** Secrets stay where they are, whatever they are called. */
import { expect, test } from "bun:test";
import { openSettings } from "./open-settings.ts";

test("settings that carry a secret by name or by value are left out, others are not", () => {
  const settings = new Map([
    ["brokerName", "broker-a"],
    ["aclEnable", "false"],
    ["tls.server.keyPassword", "hunter2"],
    ["initAuthenticationUser", "admin"],
    ["innerClientAuthenticationCredentials", '{"accessKey":"a","secretKey":"b"}'],
    ["someService", '{"url":"x","password":"b"}'],
    ["passwordFile", ""],
    ["secretKey", "s"],
    ["maxMessageSize", "4194304"],
  ]);
  expect(openSettings(settings)).toEqual({
    aclEnable: "false",
    brokerName: "broker-a",
    maxMessageSize: "4194304",
    passwordFile: "",
  });
});
