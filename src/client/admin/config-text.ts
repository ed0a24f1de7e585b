/** Settings of topics and groups as RocketMQ's tools write them into files: a JSON list of either. */
import {
  decodeGroupConfigList,
  type GroupConfig,
} from "../../protocol/remoting/bodies/group-table.ts";
import {
  decodeTopicConfigList,
  type TopicConfig,
} from "../../protocol/remoting/bodies/topic-table.ts";

/** Throws DecodeError. */
export function readGroupConfigs(text: string): readonly GroupConfig[] {
  const bytes = Buffer.from(`{"groupConfigList":${text}}`);
  return decodeGroupConfigList(bytes, 0, bytes.length);
}

/** Throws DecodeError. */
export function readTopicConfigs(text: string): readonly TopicConfig[] {
  const bytes = Buffer.from(`{"topicConfigList":${text}}`);
  return decodeTopicConfigList(bytes, 0, bytes.length);
}
