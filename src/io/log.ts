/** What a process says about itself, on standard error. Never message bodies, never secrets. */

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log under an area's name: store, broker, nameserver, remoting, client. */
  area(name: string): Log;
}
