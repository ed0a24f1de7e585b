/**
 * Options of a subcommand as RocketMQ's mqadmin takes them, and what was typed for them. Names are those of the
 * official tool; where one of its long names ends with a space by mistake, the space is not part of ours.
 */

export interface AdminOption {
  /** Without the hyphen; one option of the official tool has a long name only. */
  readonly short: string | undefined;
  readonly long: string;
  readonly about: string;
  readonly takesValue: boolean;
  readonly isRequired: boolean;
  /** Of the options of one group exactly one is wanted. */
  readonly group: string | undefined;
}

interface OptionKind {
  /** Given without a value. */
  readonly isToggle?: true;
  readonly isRequired?: true;
  /** One of the group's options must be there, and only one may. */
  readonly oneOf?: string;
}

/** An option that takes a value, unless told otherwise. */
export function option(
  short: string | undefined,
  long: string,
  about: string,
  kind: OptionKind = {},
): AdminOption {
  return {
    short,
    long,
    about,
    takesValue: kind.isToggle !== true,
    isRequired: kind.isRequired === true,
    group: kind.oneOf,
  };
}

/** As `option`, but it must be there. */
export function required(short: string, long: string, about: string): AdminOption {
  return option(short, long, about, { isRequired: true });
}

/** As `option`, but without a value. */
export function toggled(short: string, long: string, about: string): AdminOption {
  return option(short, long, about, { isToggle: true });
}

/** The options that every subcommand has. */
export const commonOptions: readonly AdminOption[] = [
  toggled("h", "help", "show what the subcommand takes"),
  option("n", "namesrvAddr", "nameservers, separated by semicolons"),
];

/** What an option is known by: its letters, or its name without any. */
export function optionKey(of: AdminOption): string {
  return of.short ?? of.long;
}
