/**
 * What a broker tells a nameserver about itself (103): its topics, all of them. The uncompressed form only: brokers
 * use the compressed one when configured so, and it is refused by the handler (remoting 6.3).
 */
import { encodeJson } from "../json.ts";
import { asObject, member, objectOf, parseObject, table, texts } from "../json-members.ts";
import {
  type DataVersion,
  noDataVersion,
  readDataVersion,
  writeDataVersion,
} from "./data-version.ts";
import { readTopicConfig, type TopicConfig, writeTopicConfig } from "./topic-table.ts";

export interface Registration {
  readonly dataVersion: DataVersion;
  readonly topics: readonly TopicConfig[];
  readonly filterServers: readonly string[];
}

export function decodeRegistration(source: Buffer, start: number, end: number): Registration {
  const object = parseObject(source, start, end);
  const wrapper = asObject(
    object.get("topicConfigSerializeWrapper"),
    "topicConfigSerializeWrapper",
  );
  return {
    dataVersion: readDataVersion(member(wrapper, "dataVersion")),
    topics: [...table(wrapper, "topicConfigTable").values()].map(readTopicConfig),
    filterServers: texts(object, "filterServerList"),
  };
}

export function encodeRegistration(registration: Registration): Buffer {
  return encodeJson(
    objectOf([
      ["filterServerList", registration.filterServers],
      [
        "topicConfigSerializeWrapper",
        objectOf([
          ["dataVersion", writeDataVersion(registration.dataVersion)],
          ["mappingDataVersion", writeDataVersion(noDataVersion)],
          [
            "topicConfigTable",
            objectOf(registration.topics.map((topic) => [topic.topic, writeTopicConfig(topic)])),
          ],
          ["topicQueueMappingDetailMap", new Map()],
          ["topicQueueMappingInfoMap", new Map()],
        ]),
      ],
    ]),
  );
}
