/**
 * `--decode`: how bodies are read before they are shown. `auto` shows JSON, text, or base64, whichever gives the bytes back;
 * `utf8 json hex base64` say which; `gzip` and `proto=FILE:TYPE` unpack first. A body that cannot be unpacked is shown as with
 * `auto`.
 */
import { inflate } from "../../../src/core/compress.ts";
import { limits } from "../../../src/core/limits.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../command-error.ts";
import { flag, text } from "../../flag.ts";

export const decodeFlag = flag(text(1).optional(), {
  about: "bodies as auto, utf8, json, hex, base64, gzip or proto=FILE:TYPE (a descriptor set)",
  value: "HOW",
});

const forms = ["auto", "utf8", "json", "hex", "base64"] as const;

export interface BodyDecoder {
  /** What the item says was done, when it worked. */
  readonly name: string;
  readonly form: (typeof forms)[number];
  /** The bytes to be shown; undefined when these are not what was said. */
  readonly unpack?: (body: Buffer) => Buffer | undefined;
}

/** Reads the flag, and the descriptor that it names. Throws CommandError. */
export async function bodyDecoder(
  context: Pick<CommandContext, "environment">,
  typed: string | undefined,
): Promise<BodyDecoder> {
  const how = typed ?? "auto";
  const form = forms.find((each) => each === how);
  if (form !== undefined) {
    return { name: how, form };
  }
  if (how === "gzip") {
    return { name: how, form: "auto", unpack: gunzip };
  }
  const match = /^proto=(.+):([\w.]+)$/.exec(how);
  if (match === null) {
    throw usageError(`--decode '${how}' is none of ${forms.join(", ")}, gzip, proto=FILE:TYPE`);
  }
  const [, path = "", type = ""] = match;
  const { protobufReader } = await import("./protobuf-reader.ts");
  return { name: "proto", form: "auto", unpack: protobufReader(context.environment, path, type) };
}

function gunzip(body: Buffer): Buffer | undefined {
  try {
    return inflate(body, "gzip", limits.frameBytesMax);
  } catch {
    return undefined;
  }
}
