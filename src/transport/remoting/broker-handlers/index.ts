/** All requests that a broker answers, joined with its services. */
import type { BrokerServices } from "../../../broker/services.ts";
import { MqError } from "../../../core/error.ts";
import type { Log } from "../../../io/log.ts";
import { serializeBinary, serializeJson } from "../../../protocol/remoting/command.ts";
import { ReplyGate } from "../../reply-gate.ts";
import { ClientQuestions } from "../client-questions.ts";
import { type AnswerError, ClientSession, ClientSessions } from "../client-session.ts";
import { Dispatch } from "../dispatch.ts";
import { brokerInfoHandlers } from "./broker.ts";
import { brokerConfigHandlers } from "./broker-config.ts";
import { brokerStatsHandlers } from "./broker-stats.ts";
import { groupHandlers } from "./group.ts";
import { groupConfigHandlers } from "./group-config.ts";
import { introspectionHandlers } from "./introspection.ts";
import { memberHandlers } from "./member.ts";
import { messageHandlers } from "./message.ts";
import { offsetHandlers } from "./offset.ts";
import { progressHandlers } from "./progress.ts";
import { PullFrames } from "./pull.ts";
import { queueLockHandlers } from "./queue-lock.ts";
import { SendFrames, sendRefusalFields } from "./send.ts";
import { sendBackHandlers } from "./send-back.ts";
import { topicHandlers } from "./topic.ts";

/** What receives the frames of a broker's listener. */
export function createBrokerDispatch(
  services: BrokerServices,
  options: { readonly isAdminAllowed: boolean; readonly log: Log },
): Dispatch<BrokerServices> {
  const answerError: AnswerError = (session, opaque, serializeType, error) =>
    dispatch.answerError(session, opaque, 0, serializeType, error);
  const answerSendError: AnswerError = (session, opaque, serializeType, error) =>
    dispatch.answerError(session, opaque, 0, serializeType, error, sendRefusalFields);
  const questions = new ClientQuestions(services.clock);
  const { brokerName } = services.config;
  const clients = new ClientSessions(
    (session) => new ClientSession(session, { brokerName, answerError, questions }),
    (client) => {
      services.pull.forget(client);
      services.members.channelClosed(client);
      questions.gone(client);
    },
  );
  const gate = new ReplyGate(services.durability, (session, opaque, form) => {
    const reason = services.store.health().reason ?? "the store failed";
    const serializeType = form === serializeBinary ? serializeBinary : serializeJson;
    answerSendError(session, opaque, serializeType, new MqError("store_unavailable", reason));
  });
  const dispatch: Dispatch<BrokerServices> = new Dispatch({
    services,
    handlers: [
      ...memberHandlers(clients),
      ...messageHandlers,
      ...offsetHandlers,
      ...queueLockHandlers,
      ...sendBackHandlers,
      ...topicHandlers,
      ...groupHandlers,
      ...groupConfigHandlers,
      ...progressHandlers,
      ...introspectionHandlers,
      ...brokerInfoHandlers,
      ...brokerConfigHandlers,
      ...brokerStatsHandlers,
    ],
    frameHandlers: [
      new SendFrames(services, gate, answerSendError),
      new PullFrames(services, clients),
    ],
    isAdminAllowed: options.isAdminAllowed,
    log: options.log,
    onResponse: (session, source, head) => clients.find(session)?.answered(source, head),
  });
  return dispatch;
}
