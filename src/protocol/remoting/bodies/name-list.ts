/** Lists of names: all topics (206), and the groups that consume a topic (300). */
import { encodeJson } from "../json.ts";
import { objectOf, parseObject, texts } from "../json-members.ts";

export function encodeTopicList(topics: readonly string[]): Buffer {
  return encodeJson(objectOf([["topicList", topics]]));
}

export function decodeTopicList(source: Buffer, start: number, end: number): readonly string[] {
  return texts(parseObject(source, start, end), "topicList");
}

export function encodeGroupList(groups: readonly string[]): Buffer {
  return encodeJson(objectOf([["groupList", groups]]));
}

export function decodeGroupList(source: Buffer, start: number, end: number): readonly string[] {
  return texts(parseObject(source, start, end), "groupList");
}
