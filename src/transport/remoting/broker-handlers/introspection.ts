/** Operators' questions to connected consumers, and their answers as they come (221 by 223, 307, 309). */
import type { ClientAnswer } from "../../../broker/ports.ts";
import type { BrokerServices } from "../../../broker/services.ts";
import { DecodeError, MqError } from "../../../core/error.ts";
import {
  decodeConsumerStatus,
  encodeConsumerStatus,
  type QueueOffsets,
} from "../../../protocol/remoting/bodies/consumer-status.ts";
import {
  consumeMessageDirectly,
  getConsumerRunningInfo,
  getConsumerStatus,
  getStatusFromClient,
} from "../../../protocol/remoting/requests/introspection.ts";
import { responseCode } from "../../../protocol/remoting/response-code.ts";
import { parseOffsetMessageId } from "../../../record/message-id.ts";
import { type Answer, handle, type RequestHandler } from "../dispatch.ts";

export const introspectionHandlers: readonly RequestHandler<BrokerServices>[] = [
  {
    code: getConsumerRunningInfo.code,
    name: getConsumerRunningInfo.name,
    isAdmin: true,
    async run({ introspection }, { code, fields }) {
      const { consumerGroup, clientId } = getConsumerRunningInfo.decode(fields);
      return answerOf(await introspection.ask(consumerGroup, clientId, { code, fields }));
    },
  },

  {
    code: consumeMessageDirectly.code,
    name: consumeMessageDirectly.name,
    isAdmin: true,
    async run({ introspection, config }, { code, fields }) {
      const header = consumeMessageDirectly.decode(fields);
      const { consumerGroup, clientId = "", messageId = "", topic = "" } = header;
      const { physicalOffset } = parseOffsetMessageId(messageId);
      const message = await introspection.directMessage(physicalOffset, topic, consumerGroup);
      const { topicSysFlag, groupSysFlag } = message;
      const own = consumeMessageDirectly.encode({
        ...header,
        brokerName: config.brokerName,
        topicSysFlag,
        groupSysFlag,
      });
      const question = { code, fields: new Map([...fields, ...own]), body: message.record };
      return answerOf(await introspection.ask(consumerGroup, clientId, question));
    },
  },

  handle(
    getConsumerStatus,
    async ({ introspection }: BrokerServices, { topic, group, clientId = "" }) => {
      const question = {
        code: getStatusFromClient.code,
        fields: getStatusFromClient.encode({ topic, group, clientId }),
      };
      const answers = await introspection.askAll(group, clientId, question);
      const clients = new Map<string, QueueOffsets>();
      for (const [id, answer] of answers) {
        const queues = queuesOf(answer);
        if (queues !== undefined) {
          clients.set(id, queues);
        }
      }
      if (clientId !== "" && clients.size === 0) {
        throw new MqError("bad_request", `the client ${clientId} of ${group} did not answer`);
      }
      return { fields: {}, body: encodeConsumerStatus({ queues: [], clients }) };
    },
    { isAdmin: true },
  ),
];

/** The client's own words. */
function answerOf(answer: ClientAnswer): Answer {
  return {
    code: answer.code,
    remark: answer.remark,
    fields: answer.fields,
    body: answer.body.length === 0 ? undefined : answer.body,
  };
}

/** Undefined for an answer that says nothing: whoever asked all members learns from the others. */
function queuesOf(answer: ClientAnswer): QueueOffsets | undefined {
  if (answer.code !== responseCode.success) {
    return undefined;
  }
  try {
    return decodeConsumerStatus(answer.body, 0, answer.body.length).queues;
  } catch (error) {
    if (error instanceof DecodeError) {
      return undefined;
    }
    throw error;
  }
}
