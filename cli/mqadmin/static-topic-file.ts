/** `-mf`: a plan that an earlier run wrote. */
import { decodeStaticTopicPlan, type StaticTopicPlan } from "../../src/client/index.ts";
import { DecodeError } from "../../src/core/error.ts";
import { notFound, usageError } from "../command-error.ts";
import { readTextFile } from "../text-file.ts";
import { checkStaticTopic } from "./static-topic-checks.ts";
import type { AdminCall } from "./subcommand.ts";

/** Undefined without the option. Throws CommandError for what is no plan of the topic, or contradicts itself. */
export function readPlan({ environment, line }: AdminCall): StaticTopicPlan | undefined {
  const path = line.value("mf");
  if (path === undefined) {
    return undefined;
  }
  const text = readTextFile(environment, path);
  if (text === undefined) {
    throw notFound(`there is no file ${path}`);
  }
  const plan = decoded(path, Buffer.from(text));
  checkStaticTopic(line.text("t"), plan.brokers);
  return plan;
}

function decoded(path: string, bytes: Buffer): StaticTopicPlan {
  try {
    return decodeStaticTopicPlan(bytes, 0, bytes.length);
  } catch (error) {
    throw error instanceof DecodeError ? usageError(`${path}: ${error.message}`) : error;
  }
}
