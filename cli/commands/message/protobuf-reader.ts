/** Bodies that are protocol buffers, read by a descriptor set (`protoc --include_imports -o FILE`, `buf build -o FILE`). */
import { createFileRegistry, type DescMessage, fromBinary, toJsonString } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { Environment } from "../../../src/io/environment.ts";
import { readWhole } from "../../../src/io/whole-file.ts";
import { usageError } from "../../command-error.ts";

/** Turns a body into JSON; undefined for one that is no such message. Throws CommandError for a file or type that is not there. */
export function protobufReader(
  { disk }: Environment,
  path: string,
  type: string,
): (body: Buffer) => Buffer | undefined {
  const bytes = readWhole(disk, path);
  if (bytes === undefined) {
    throw usageError(`--decode: ${path} is not there`, `protoc --include_imports -o ${path} FILE`);
  }
  const schema = messageType(bytes, path, type);
  return (body) => {
    try {
      return Buffer.from(toJsonString(schema, fromBinary(schema, body)), "utf8");
    } catch {
      return undefined;
    }
  };
}

function messageType(bytes: Buffer, path: string, type: string): DescMessage {
  let names: readonly string[] = [];
  try {
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
    const schema = registry.getMessage(type);
    if (schema !== undefined) {
      return schema;
    }
    names = [...registry].flatMap((each) => (each.kind === "message" ? [each.typeName] : []));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(
      `--decode: ${path} is no descriptor set: ${reason}`,
      "protoc --include_imports -o FILE makes one of .proto files",
    );
  }
  throw usageError(
    `--decode: ${path} has no message ${type}`,
    `it has ${names.join(", ") || "none"}`,
  );
}
