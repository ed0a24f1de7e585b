/** How a check's outcome reads to monitoring systems. */
import { expect, test } from "bun:test";
import { gauges, nagiosLine, statusOf, worst } from "./result.ts";

const figure = { name: "lag", value: 12, unit: "", warn: 10, crit: 100 } as const;

test("a figure above a bound is bad, one at the bound is not", () => {
  expect(statusOf([figure])).toBe("warning");
  expect(statusOf([{ ...figure, value: 10 }])).toBe("ok");
  expect(statusOf([{ ...figure, value: 101 }])).toBe("critical");
  expect(worst(["ok", "unknown", "warning"])).toBe("warning");
});

test("the line has status, text and figures, and no pipe in its text", () => {
  const result = {
    status: "warning",
    subject: "a|b",
    message: "12 behind",
    figures: [figure],
  } as const;
  expect(nagiosLine("group", result)).toBe("MQ GROUP WARNING - a/b: 12 behind | 'lag'=12;10;100");
  expect(nagiosLine("group", { ...result, figures: [] })).not.toContain("|");
});

test("gauges carry the status as a number and labels that are escaped", () => {
  const text = gauges("group", {
    status: "critical",
    subject: 'a"b',
    message: "",
    figures: [{ ...figure, name: "oldest age", unit: "s" }],
  });
  expect(text).toContain('mq_check_status{check="group",subject="a\\"b"} 2\n');
  expect(text).toContain('mq_check_oldest_age_seconds{check="group",subject="a\\"b"} 12\n');
});

test("a figure of several servers is one metric with a label, and several names on the line", () => {
  const result = {
    status: "ok",
    subject: "all",
    message: "well",
    figures: [
      { name: "disk", server: "broker-a", value: 1, unit: "%" },
      { name: "send wait", server: "broker-a", value: 2, unit: "s" },
      { name: "disk", server: "broker-b", value: 3, unit: "%" },
    ],
  } as const;
  expect(gauges("broker", result).split("\n").slice(3)).toEqual([
    "# TYPE mq_check_disk_percent gauge",
    'mq_check_disk_percent{check="broker",subject="all",server="broker-a"} 1',
    'mq_check_disk_percent{check="broker",subject="all",server="broker-b"} 3',
    "# TYPE mq_check_send_wait_seconds gauge",
    'mq_check_send_wait_seconds{check="broker",subject="all",server="broker-a"} 2',
    "",
  ]);
  expect(nagiosLine("broker", result)).toEndWith(
    "| 'broker-a disk'=1% 'broker-a send wait'=2s 'broker-b disk'=3%",
  );
});
