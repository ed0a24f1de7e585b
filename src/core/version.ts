/** The version of this build: set by the build, "0.0.0-dev" when run from source. */
declare const MQ_VERSION: string | undefined;

export const version: string = typeof MQ_VERSION === "string" ? MQ_VERSION : "0.0.0-dev";
