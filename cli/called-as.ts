/**
 * RocketMQ's names for its programs: a link to the executable with one of them takes that program's words, so that scripts
 * and service files that call it need no other change.
 */

/** The words of `mq` for it, or why there are none. */
export type Called =
  | { readonly words: readonly string[] }
  | { readonly words: undefined; readonly refusal: string; readonly hint: string };

/** What a call by this name means; by any other name the words are mq's own. */
export function calledAs(name: string, words: readonly string[]): Called {
  switch (name) {
    case "mqadmin":
      return { words: ["mqadmin", ...words] };
    case "mqbroker":
      return translated("mqbroker", words, ["broker", "start"]);
    case "mqnamesrv":
      return translated("mqnamesrv", words, ["nameserver", "start"]);
    case "mqshutdown":
      return shutdown(words);
    default:
      return { words };
  }
}

const withValue: ReadonlyMap<string, string> = new Map([
  ["-c", "--config"],
  ["--configFile", "--config"],
  ["-n", "--nameserver"],
  ["--namesrvAddr", "--nameserver"],
]);

const plain: ReadonlyMap<string, string> = new Map([
  ["-p", "--print-settings=all"],
  ["--printConfigItem", "--print-settings=all"],
  ["-m", "--print-settings=important"],
  ["--printImportantConfig", "--print-settings=important"],
  ["-h", "--help"],
  ["--help", "--help"],
]);

function translated(name: string, words: readonly string[], start: readonly string[]): Called {
  const result = [...start];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const flag = withValue.get(word);
    const toggle = plain.get(word);
    if (flag !== undefined && words[at + 1] !== undefined) {
      at++;
      result.push(`${flag}=${words[at]}`);
    } else if (toggle !== undefined && !(name === "mqnamesrv" && toggle.endsWith("important"))) {
      result.push(toggle);
    } else {
      return refused(name, word, flag !== undefined);
    }
  }
  return { words: result };
}

function refused(name: string, word: string, lacksValue: boolean): Called {
  if (lacksValue) {
    return {
      words: undefined,
      refusal: `${name}: ${word} needs a value`,
      hint: "-c FILE, -n HOST:PORT",
    };
  }
  if (word === "--enable-proxy") {
    return {
      words: undefined,
      refusal: `${name}: mq has no proxy, so --enable-proxy cannot be done`,
      hint: "clients of the remoting protocol (Java's rocketmq-client and its kin) need none",
    };
  }
  const known = name === "mqbroker" ? "-c FILE, -n HOST:PORT, -p, -m, -h" : "-c FILE, -n, -p, -h";
  return {
    words: undefined,
    refusal: `${name}: '${word}' is none of its words`,
    hint: `those are ${known}`,
  };
}

function shutdown(words: readonly string[]): Called {
  const [what, ...others] = words;
  if (others.length === 0 && (what === "broker" || what === "namesrv")) {
    return { words: [what === "broker" ? "broker" : "nameserver", "stop", "--all"] };
  }
  return {
    words: undefined,
    refusal: `mqshutdown: '${words.join(" ")}' names nothing that mq starts`,
    hint: "mqshutdown broker, or mqshutdown namesrv",
  };
}
