/**
 * A registration (103) as brokers with `compressedRegister=true` write it: a zlib stream of sections, each an int32
 * length and that many bytes of text. Data version (JSON), an int32 count, so many topics (a line each), filter
 * servers (JSON); from 5.0 on an int32 count and so many queue mappings (JSON). The line of a topic is
 * `name readQueues writeQueues perm filterType`, from 5.0 on with its attributes as JSON; flags are lost in it.
 */
import { CompressionError, inflate } from "../../../core/compress.ts";
import { DecodeError } from "../../../core/error.ts";
import { limits } from "../../../core/limits.ts";
import { parseJson, writeJson } from "../json.ts";
import { asText, parseObject, text, textTableOf } from "../json-members.ts";
import { isUtf8 } from "../utf8.ts";
import { decodeDataVersion } from "./data-version.ts";
import type { Registration } from "./registration.ts";
import type { TopicConfig } from "./topic-table.ts";

/** Reads source[start, end). Throws DecodeError. */
export function decodeCompressedRegistration(
  source: Buffer,
  start: number,
  end: number,
  options: { readonly hasMappings: boolean },
): Registration {
  const sections = new Sections(inflated(source.subarray(start, end)));
  const dataVersion = sections.take((bytes, from, to) => decodeDataVersion(bytes, from, to));
  const topics: TopicConfig[] = [];
  for (let left = sections.count(); left > 0; left--) {
    topics.push(sections.take(readTopicLine));
  }
  const filterServers = sections.take(readTexts);
  const mappings = new Map<string, string>();
  for (let left = options.hasMappings ? sections.count() : 0; left > 0; left--) {
    const mapping = sections.take(parseObject);
    mappings.set(text(mapping, "topic"), writeJson(mapping));
  }
  sections.end();
  return {
    dataVersion,
    topics,
    filterServers,
    mappings: mappings.size === 0 ? undefined : mappings,
  };
}

/** Lengths and what they announce, from front to back. */
class Sections {
  readonly #source: Buffer;
  #at = 0;

  constructor(source: Buffer) {
    this.#source = source;
  }

  /** How many sections follow. Each takes four bytes at least. */
  count(): number {
    const count = this.#int32();
    if (count < 0 || count > (this.#source.length - this.#at) / 4) {
      throw new DecodeError(`a count of ${count} in a compressed registration`);
    }
    return count;
  }

  take<V>(read: (source: Buffer, start: number, end: number) => V): V {
    const bytes = this.#int32();
    const start = this.#at;
    if (bytes < 0 || start + bytes > this.#source.length) {
      throw new DecodeError(`a length of ${bytes} in a compressed registration`);
    }
    this.#at = start + bytes;
    return read(this.#source, start, this.#at);
  }

  end(): void {
    if (this.#at !== this.#source.length) {
      throw new DecodeError("a compressed registration goes on behind its end");
    }
  }

  #int32(): number {
    if (this.#at + 4 > this.#source.length) {
      throw new DecodeError("a compressed registration ends too early");
    }
    this.#at += 4;
    return this.#source.readInt32BE(this.#at - 4);
  }
}

function inflated(source: Buffer): Buffer {
  try {
    return inflate(source, "zlib", limits.registrationBytesMax);
  } catch (error) {
    throw error instanceof CompressionError
      ? new DecodeError(`a compressed registration: ${error.message}`)
      : error;
  }
}

function readTopicLine(source: Buffer, start: number, end: number): TopicConfig {
  if (!isUtf8(source, start, end)) {
    throw new DecodeError("a topic of a compressed registration is not UTF-8");
  }
  const line = source.toString("utf8", start, end);
  const words = /^(\S+) (-?\d{1,10}) (-?\d{1,10}) (-?\d{1,10}) (\S+)(?: (.*))?$/s.exec(line);
  if (words === null) {
    throw new DecodeError(`a topic of a compressed registration: '${line.slice(0, 40)}'`);
  }
  const attributes = Buffer.from(words[6] ?? "{}");
  return {
    topic: words[1] ?? "",
    readQueueCount: Number(words[2]),
    writeQueueCount: Number(words[3]),
    perm: Number(words[4]),
    filterType: words[5] ?? "",
    topicSysFlag: 0,
    order: false,
    attributes: textTableOf(parseObject(attributes, 0, attributes.length), "attributes"),
  };
}

function readTexts(source: Buffer, start: number, end: number): readonly string[] {
  const value = parseJson(source, start, end) ?? [];
  if (!Array.isArray(value)) {
    throw new DecodeError("the filter servers of a compressed registration are no list");
  }
  return value.map((item) => asText(item, "a filter server"));
}
