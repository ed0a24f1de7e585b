/** Help has the layout of the official tool. */
import { expect, test } from "bun:test";
import { subcommand } from "./commands/update-topic.ts";
import { commonOptions } from "./option.ts";
import { usageText } from "./usage.ts";

test("usage is laid out as the official tool lays it out", () => {
  const lines = usageText("updateTopic", [...commonOptions, ...subcommand.options]).split("\n");
  expect(lines.slice(0, 2)).toEqual([
    "usage: mqadmin updateTopic [-a <arg>] -b <arg> | -c <arg>  [-h] [-n <arg>] [-o <arg>] [-p <arg>] [-r <arg>]",
    "       [-s <arg>] -t <arg> [-u <arg>] [-w <arg>]",
  ]);
  expect(lines.slice(2, -1).map((line) => line.slice(0, 29))).toEqual([
    " -a,--attributes <arg>       ",
    " -b,--brokerAddr <arg>       ",
    " -c,--clusterName <arg>      ",
    " -h,--help                   ",
    " -n,--namesrvAddr <arg>      ",
    " -o,--order <arg>            ",
    " -p,--perm <arg>             ",
    " -r,--readQueueNums <arg>    ",
    " -s,--hasUnitSub <arg>       ",
    " -t,--topic <arg>            ",
    " -u,--unit <arg>             ",
    " -w,--writeQueueNums <arg>   ",
  ]);
});

test("a long description goes on below itself", () => {
  const about = "word ".repeat(30).trim();
  const option = { short: "a", long: "all", about, takesValue: false, isRequired: false };
  const [, first = "", second] = usageText("x", [{ ...option, group: undefined }]).split("\n");
  expect(first.length).toBeLessThanOrEqual(110);
  expect(second).toStartWith(`${" ".repeat(12)}word`);
});
