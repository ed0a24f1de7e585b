/**
 * RocketMQ's release numbers as they travel in headers, and what hangs on them. The number is the position in
 * RocketMQ's own list of releases, two a release (`..._SNAPSHOT` before the release).
 */

export const version = {
  /** 5.3.3, which this implementation speaks: what 5.4 and 5.5 added is not there yet. */
  ours: 479,
  /** From here on (4.9.4) a client reads routes as standard JSON, with quoted broker ids. */
  standardJsonRoutes: 401,
  /** From here on (3.0.11) a registration's body is the one that is read. */
  registrationBodies: 37,
  /** From here on (5.0.0) a compressed registration ends with queue mappings. */
  registrationMappings: 413,
} as const;

const firstOrdinals: readonly (readonly [ordinal: number, name: string])[] = [
  [515, "V5_5_1"],
  [513, "V5_5_0"],
  [493, "V5_4_0"],
  [481, "V5_3_4"],
  [479, "V5_3_3"],
  [477, "V5_3_2"],
  [475, "V5_3_1"],
  [473, "V5_3_0"],
  [453, "V5_2_0"],
  [441, "V5_1_4"],
  [433, "V5_1_0"],
  [413, "V5_0_0"],
  [409, "V4_9_8"],
  [407, "V4_9_7"],
  [401, "V4_9_4"],
  [399, "V4_9_3"],
  [397, "V4_9_2"],
  [393, "V4_9_0"],
  [373, "V4_8_0"],
  [355, "V4_7_1"],
  [335, "V4_6_1"],
  [333, "V4_6_0"],
  [317, "V4_5_2"],
  [313, "V4_5_0"],
  [293, "V4_4_0"],
  [253, "V4_2_0"],
  [213, "V4_0_0"],
  [127, "V3_5_3"],
  [121, "V3_4_9"],
];

/** The release's name for people; a release this table lacks is named by its number. */
export function versionName(ordinal: number): string {
  return firstOrdinals.find(([known]) => known === ordinal)?.[1] ?? `version ${ordinal}`;
}
