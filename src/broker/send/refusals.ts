/** What a send is refused for by its properties. */
import { MqError } from "../../core/error.ts";
import { limits } from "../../core/limits.ts";
import { sysFlag } from "../../record/layout.ts";
import type { PropertyScan } from "../../record/properties.ts";

/** What is not there yet is refused, never stored as something else (settled 18). */
export function refuseMissingFeatures(scan: PropertyScan, flags: number): void {
  if (scan.hasTimer) {
    throw new MqError("message_illegal", "timer messages are not supported yet");
  }
  if (scan.isTransaction || (flags & sysFlag.transactionMask) !== 0) {
    throw new MqError("message_illegal", "transactional messages are not supported yet");
  }
}

/** Throws MqError `message_illegal` for any level: the messages of a batch share one queue. */
export function refuseDelayedBatch(level: number): void {
  if (level !== 0) {
    throw new MqError("message_illegal", "a batch cannot be delayed");
  }
}

/** Throws MqError `message_illegal` for properties that no record can hold. */
export function refuseLongProperties(bytes: number): void {
  if (bytes > limits.propertiesBytesMax) {
    throw new MqError(
      "message_illegal",
      `properties of ${bytes} bytes exceed ${limits.propertiesBytesMax}`,
    );
  }
}
