/** Hands a message to one member of a group once more, as queryMsgById and queryMsgByUniqueKey do when they are told to. */
import type { ReceivedMessage } from "../../src/client/index.ts";
import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { retryPrefix } from "./group-consumption.ts";
import { isPassive } from "./running-info.ts";
import type { AdminCall } from "./subcommand.ts";
import { brokersOfTopic } from "./targets.ts";

/** Throws ClientError when the member is not there, CommandError when it pulls its messages itself. */
export async function handToConsumer(
  { client, printer }: AdminCall,
  message: ReceivedMessage,
  group: string,
  clientId: string,
): Promise<void> {
  const [address = ""] = await brokersOfTopic(client, `${retryPrefix}${group}`);
  const info = await client.admin.groups.runningInfo(address, { group, clientId });
  if (!isPassive(info)) {
    printer.print("this %s client is not push consumer ,not support direct push %n", clientId);
    throw new CommandError(
      "MQ-E-PULLS",
      exitCode.precondition,
      `${clientId} pulls its messages itself and can be handed none`,
    );
  }
  const member = { group, clientId };
  const did = await client.admin.groups.consumeDirectly(message.storeHost, member, message);
  printer.item({ ...member, ...did });
  printer.print(
    "ConsumeMessageDirectlyResult [order=%s, autoCommit=%s, consumeResult=%s, remark=%s, spentTimeMills=%s]",
    ...[did.isOrdered, did.autoCommit, did.outcome, did.remark, did.elapsedMs],
  );
}
