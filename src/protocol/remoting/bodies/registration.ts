/**
 * What a broker tells a nameserver about itself (103): its topics, all of them or those that changed. This is the
 * form that brokers use unless they are told to compress (registration-compressed.ts).
 */
import { encodeJson } from "../json.ts";
import { asObject, objectOf, parseObject, texts } from "../json-members.ts";
import { readTopicTable, type TopicTable, writeTopicTable } from "./topic-table.ts";

export interface Registration extends TopicTable {
  readonly filterServers: readonly string[];
}

export function decodeRegistration(source: Buffer, start: number, end: number): Registration {
  const object = parseObject(source, start, end);
  const wrapper = asObject(
    object.get("topicConfigSerializeWrapper"),
    "topicConfigSerializeWrapper",
  );
  return { ...readTopicTable(wrapper), filterServers: texts(object, "filterServerList") };
}

export function encodeRegistration(registration: Registration): Buffer {
  return encodeJson(
    objectOf([
      ["filterServerList", registration.filterServers],
      ["topicConfigSerializeWrapper", writeTopicTable(registration)],
    ]),
  );
}
