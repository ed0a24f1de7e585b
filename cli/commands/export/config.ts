/** `mq export config` */
import { gather } from "../../../src/client/index.ts";
import { defineCommand } from "../../command.ts";
import type { Zod } from "../../flag.ts";
import { brokerChoiceFlags, chosenBrokers } from "../cluster/chosen-brokers.ts";
import { documentVersion } from "../metadata/document.ts";
import { exportFlags, printExported } from "./exported.ts";
import { openSettings } from "./open-settings.ts";

const kind = "Config";

const serverSchema = (z: Zod) =>
  z.strictObject({
    name: z.string(),
    address: z.string(),
    settings: z.record(z.string(), z.string()),
  });

export const command = defineCommand({
  spec: {
    path: ["export", "config"],
    summary: "write the settings of brokers and nameservers as a document",
    description:
      "What every broker and nameserver says of its settings, for a record and to be compared by diff; mq apply does not take it.\nSettings whose names or values look like secrets are left out, and counted.",
    flags: {
      ...exportFlags,
      ...brokerChoiceFlags,
    },
    output: (z) =>
      z.object({
        apiVersion: z.literal(documentVersion),
        kind: z.literal(kind),
        brokers: z.array(serverSchema(z)),
        nameservers: z.array(serverSchema(z)),
      }),
    examples: ["mq export config --to config.yaml", "mq export config --broker broker-a -o json"],
  },
  async run(context, { flags }) {
    const { admin } = context.client();
    const { answers, failures } = await gather(
      await chosenBrokers(context.client(), flags),
      ({ address }) => admin.brokers.config(address),
    );
    for (const { error } of failures) {
      throw error;
    }
    const brokers = answers.map(({ broker, value }) => ({
      name: broker.brokerName,
      address: broker.address,
      settings: openSettings(value),
    }));
    const nameservers = [];
    let all = answers.reduce((sum, { value }) => sum + value.size, 0);
    for (const address of admin.cluster.nameservers) {
      const settings = await admin.nameservers.config(address);
      all += settings.size;
      nameservers.push({ name: "nameserver", address, settings: openSettings(settings) });
    }
    const told = [...brokers, ...nameservers].reduce(
      (sum, { settings }) => sum + Object.keys(settings).length,
      0,
    );
    printExported(
      context,
      {
        kind,
        document: { apiVersion: documentVersion, kind, brokers, nameservers },
        summary: `${told} settings of ${brokers.length} brokers and ${nameservers.length} nameservers, ${all - told} left out that look like secrets`,
      },
      flags.to,
    );
    return undefined;
  },
});
