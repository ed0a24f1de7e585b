/** Options are read as the official tool reads them: every form, and every refusal. */
import { describe, expect, test } from "bun:test";
import { CommandLineError, parseCommandLine } from "./command-line.ts";
import { type AdminOption, commonOptions, option, required, toggled } from "./option.ts";

const options: readonly AdminOption[] = [
  ...commonOptions,
  option("b", "brokerAddr", "a broker", { oneOf: "target" }),
  option("c", "clusterName", "a cluster", { oneOf: "target" }),
  required("t", "topic", "a topic"),
  toggled("l", "list", "as a list"),
  option("qn", "totalQueueNum", "queues"),
  option(undefined, "attributes", "attributes"),
];

function read(...words: readonly string[]): Record<string, string | undefined> {
  const line = parseCommandLine(options, ["-t", "orders", "-b", "h:1", ...words]);
  const keys = ["n", "t", "b", "l", "qn", "attributes"].filter((key) => line.has(key));
  return Object.fromEntries(keys.map((key) => [key, line.value(key)]));
}

function refusal(...words: readonly string[]): string {
  try {
    parseCommandLine(options, words);
    return "read";
  } catch (error) {
    return error instanceof CommandLineError ? error.message : String(error);
  }
}

describe("words are taken apart as commons-cli does", () => {
  const rest = { t: "orders", b: "h:1" };

  test("a value stands behind its option, in the same word, or behind an equals sign", () => {
    for (const words of [
      ["-n", "h:2"],
      ["-nh:2"],
      ["-n=h:2"],
      ["--namesrvAddr", "h:2"],
      ["--namesrvAddr=h:2"],
      ["-namesrvAddr", "h:2"],
      ["-namesrvAddrh:2"],
      ["--names", "h:2"],
      ["-names=h:2"],
      ["-n", '"h:2"'],
      ["-n", " h:2 "],
    ]) {
      expect([words, read(...words)]).toEqual([words, { n: "h:2", ...rest }]);
    }
  });

  test("options of several letters, options without a letter, letters run together", () => {
    expect(read("-qn", "16")).toEqual({ ...rest, qn: "16" });
    expect(read("--attributes", "+a=b,-c")).toEqual({ ...rest, attributes: "+a=b,-c" });
    expect(read("-lnh:2")).toEqual({ n: "h:2", ...rest, l: undefined });
  });

  test("a value may be negative, and may look like an option of nobody", () => {
    expect(read("-qn", "-1")).toEqual({ ...rest, qn: "-1" });
    expect(read("-qn", "-x")).toEqual({ ...rest, qn: "-x" });
  });

  test("the first of two values counts; other words are passed over; nothing is read behind --", () => {
    expect(read("stray", "-t", "other", "--", "-z")).toEqual(rest);
  });

  test("what does not fit is refused with what is wrong", () => {
    expect(refusal("-t", "a", "-b", "x", "-z")).toBe("Unrecognized option: -z");
    expect(refusal("-t", "a", "-b", "x", "--zeta=1")).toBe("Unrecognized option: --zeta=1");
    expect(refusal("-t", "a", "-b", "x", "--list=1")).toBe("Unrecognized option: --list=1");
    expect(refusal("-t", "a", "--t", "x")).toBe(
      "Ambiguous option: '--t' (could be: 'topic', 'totalQueueNum')",
    );
    expect(refusal("-b", "x", "-t")).toBe("Missing argument for option: t");
    expect(refusal("-t", "-b", "x")).toBe("Missing argument for option: t");
    expect(refusal("-b", "x")).toBe("Missing required option: t");
    expect(refusal()).toBe("Missing required options: [-b a broker, -c a cluster], t");
    expect(refusal("-t", "a", "-b", "x", "-c", "y")).toBe(
      "The option 'c' was specified but an option from this group has already been selected: 'b'",
    );
  });
});
