/** The process's log on standard error, through LogTape: text for people, JSON lines for machines. */
import {
  configureSync,
  getJsonLinesFormatter,
  getLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
} from "@logtape/logtape";
import type { Log, LogFields } from "../log.ts";

export interface LogOptions {
  readonly level: "debug" | "info" | "warning" | "error";
  readonly format: "text" | "json";
}

const levelNames: Readonly<Record<LogLevel, string>> = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO ",
  warning: "WARN ",
  error: "ERROR",
  fatal: "FATAL",
};

/** Configures the one log of this process. */
export function createBunLog({ level, format }: LogOptions): Log {
  const render = format === "json" ? getJsonLinesFormatter() : formatText;
  configureSync({
    reset: true,
    sinks: {
      standardError: (record) => {
        process.stderr.write(render(record));
      },
    },
    loggers: [
      { category: "mq", lowestLevel: level, sinks: ["standardError"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["standardError"] },
    ],
  });
  return areaLog(getLogger("mq"));
}

function areaLog(logger: Logger): Log {
  return {
    debug: (message, fields) => logger.debug(message, defined(fields)),
    info: (message, fields) => logger.info(message, defined(fields)),
    warn: (message, fields) => logger.warn(message, defined(fields)),
    error: (message, fields) => logger.error(message, defined(fields)),
    area: (name) => areaLog(logger.getChild(name)),
  };
}

function defined(fields: LogFields | undefined): Record<string, unknown> {
  return fields === undefined ? {} : { ...fields };
}

/** `time LEVEL area message  key=value …`, control characters escaped (reliability S19). */
function formatText(record: LogRecord): string {
  const time = new Date(record.timestamp).toISOString();
  const area = record.category.slice(1).join(".");
  const fields = Object.entries(record.properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${String(value)}`)
    .join("");
  const line = `${time} ${levelNames[record.level]} ${area.padEnd(10)} ${record.message.join("")}${fields}`;
  return `${escapeControls(line)}\n`;
}

function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f]/g, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
}
