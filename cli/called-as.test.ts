/** Links with RocketMQ's names for its programs take their words. */
import { expect, test } from "bun:test";
import { calledAs } from "./called-as.ts";

test("words of RocketMQ's programs become mq's", () => {
  const words = (line: string): readonly string[] => {
    const [name = "", ...rest] = line.split(" ");
    const called = calledAs(name, rest);
    return called.words ?? ["refused:", called.refusal];
  };
  const lines: readonly (readonly [string, string])[] = [
    ["mq topic list", "topic list"],
    ["mqadmin topicList -n a:1", "mqadmin topicList -n a:1"],
    ["mqbroker", "broker start"],
    ["mqbroker -c f -n a:1;b:2", "broker start --config=f --nameserver=a:1;b:2"],
    ["mqbroker --configFile f -p", "broker start --config=f --print-settings=all"],
    ["mqbroker -m", "broker start --print-settings=important"],
    ["mqbroker -h", "broker start --help"],
    ["mqnamesrv -c f -p", "nameserver start --config=f --print-settings=all"],
    ["mqshutdown broker", "broker stop --all"],
    ["mqshutdown namesrv", "nameserver stop --all"],
    ["mqbroker -c", "refused: mqbroker: -c needs a value"],
    [
      "mqbroker --enable-proxy",
      "refused: mqbroker: mq has no proxy, so --enable-proxy cannot be done",
    ],
    ["mqbroker start", "refused: mqbroker: 'start' is none of its words"],
    ["mqnamesrv -m", "refused: mqnamesrv: '-m' is none of its words"],
    ["mqshutdown proxy", "refused: mqshutdown: 'proxy' names nothing that mq starts"],
    ["mqshutdown broker now", "refused: mqshutdown: 'broker now' names nothing that mq starts"],
  ];
  for (const [line, expected] of lines) {
    expect([line, words(line).join(" ")]).toEqual([line, expected]);
  }
});
