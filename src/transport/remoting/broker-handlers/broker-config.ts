/** A broker's settings, and what a consumer asks before it starts (25, 26, 46). */
import type { BrokerServices } from "../../../broker/services.ts";
import { MqError } from "../../../core/error.ts";
import { decodeClientConfig } from "../../../protocol/remoting/bodies/client-config.ts";
import { writeDataVersion } from "../../../protocol/remoting/bodies/data-version.ts";
import { writeJson } from "../../../protocol/remoting/json.ts";
import {
  decodePropertiesText,
  encodePropertiesText,
} from "../../../protocol/remoting/properties-text.ts";
import {
  checkClientConfig,
  getBrokerConfig,
  updateBrokerConfig,
} from "../../../protocol/remoting/requests/broker-admin.ts";
import { handle } from "../dispatch.ts";

const admin = { isAdmin: true } as const;

export const brokerConfigHandlers = [
  handle(
    updateBrokerConfig,
    async ({ settings }: BrokerServices, _header, { source, bodyStart, bodyEnd }) => {
      await settings.update(decodePropertiesText(source, bodyStart, bodyEnd));
      return { fields: {} };
    },
    admin,
  ),

  handle(
    getBrokerConfig,
    ({ settings }: BrokerServices) => ({
      fields: { version: writeJson(writeDataVersion(settings.dataVersion)) },
      body: encodePropertiesText(settings.rows()),
    }),
    admin,
  ),

  handle(checkClientConfig, (_services: BrokerServices, _header, command) => {
    const { source, bodyStart, bodyEnd } = command;
    if (bodyEnd > bodyStart) {
      const { subscription } = decodeClientConfig(source, bodyStart, bodyEnd);
      const { expressionType } = subscription;
      if (expressionType !== "TAG" && expressionType !== "") {
        throw new MqError(
          "bad_request",
          `The broker does not support consumer to filter message by ${expressionType}`,
        );
      }
    }
    return { fields: {} };
  }),
];
