/** `mq top`: what is busy now. A table that redraws itself on a terminal, snapshots for programs. */
import type { BrokerAddress } from "../../../src/client/index.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { toCommandError, usageError } from "../../command-error.ts";
import { type ExitCode, exitCode } from "../../exit-code.ts";
import { count, duration, flag } from "../../flag.ts";
import { pause } from "../../pause.ts";
import { formatCount, shorten } from "../../render/format.ts";
import type { Column } from "../../render/listing.ts";
import { sorted } from "../../render/output.ts";
import { renderTable } from "../../render/table.ts";
import { formatTime } from "../../render/time.ts";
import { brokerChoiceFlags, chosenBrokers, exitFor, isAway } from "../cluster/chosen-brokers.ts";
import { type ClusterSample, sampleCluster } from "./cluster-sample.ts";
import { LiveScreen } from "./live-screen.ts";
import { brokerFlows, sumOf } from "./rates.ts";
import {
  rateText,
  type TopRow,
  topRowSchema,
  topRows,
  type ViewName,
  viewColumns,
  viewNames,
} from "./top-rows.ts";

const intervalMsMin = 50;
const cellCharactersMax = 60;
/** What a key sorts by, the most first. */
const sortKeys: ReadonlyMap<string, string> = new Map([
  ["i", "-inPerSecond"],
  ["o", "-outPerSecond"],
  ["l", "-lag"],
  ["n", "name"],
]);

export const command = defineCommand({
  spec: {
    path: ["top"],
    summary: "watch the busiest brokers, topics, groups or clients",
    description:
      "Works against mq and any RocketMQ. On a terminal a table that is drawn anew every interval: q or Ctrl-C ends it, b t g c\nswitch to brokers, topics, groups, clients; i o l n sort by rate in, rate out, lag, name. Elsewhere one snapshot, or --count of them. Rates are counted between two\nlooks one interval apart. Busiest first, groups by lag; --sort COLUMN orders otherwise.",
    arguments: [{ name: "VIEW", about: `${viewNames.join(", ")} (topics)`, isOptional: true }],
    flags: {
      ...brokerChoiceFlags,
      interval: flag(duration().default(2_000), {
        about: "between two looks (2s)",
        value: "DURATION",
      }),
      count: flag(count(1).optional(), {
        about: "end after so many looks (1 without a terminal)",
        value: "N",
      }),
    },
    output: topRowSchema,
    examples: [
      "mq top",
      "mq top groups --interval 5s",
      "mq top topics --count 3 -o jsonl",
      "mq top brokers --sort -lag -o csv",
    ],
  },
  async run(context, { arguments: [named = "topics"], flags }) {
    const view = viewNames.find((each) => each === named);
    if (view === undefined) {
      throw usageError(`'${named}' is none of ${viewNames.join(", ")}`);
    }
    if (flags.interval < intervalMsMin) {
      throw usageError(`--interval: at least ${intervalMsMin}ms`);
    }
    const { terminal, output } = context;
    const isLive =
      terminal.isOutputTerminal && (output.format === "table" || output.format === "wide");
    const top = new Top(context, { view, ...flags });
    return isLive ? await top.live() : await top.snapshots();
  },
});

interface TopOptions {
  readonly view: ViewName;
  readonly interval: number;
  readonly count: number | undefined;
  readonly cluster: string | undefined;
  readonly broker: string | undefined;
}

interface Look {
  readonly sample: ClusterSample;
  readonly brokers: readonly BrokerAddress[];
}

class Top {
  readonly #context: CommandContext;
  readonly #options: TopOptions;
  #view: ViewName;
  #before: Look | undefined;
  /** What a key chose to sort by. */
  #sort: string | undefined;

  constructor(context: CommandContext, options: TopOptions) {
    this.#context = context;
    this.#options = options;
    this.#view = options.view;
    this.#sort = context.global.sort;
  }

  /** Programs get each look as a list of its own. */
  async snapshots(): Promise<ExitCode | undefined> {
    const { output, signal } = this.#context;
    const { count = 1, interval } = this.#options;
    this.#before = await this.#look();
    let code: ExitCode | undefined;
    for (let index = 0; index < count; index++) {
      await pause(this.#context, interval, signal);
      if (signal.aborted) {
        return exitCode.interrupted;
      }
      const look = await this.#look();
      const items = await this.#rows(look);
      this.#before = look;
      await output.list({
        kind: "Top",
        noun: items[0]?.kind ?? "row",
        nameKey: "name",
        columns: viewColumns[this.#view],
        items,
        missing: look.sample.missing,
      });
      code = exitFor(look.sample.missing) ?? code;
    }
    return code;
  }

  /** Until q, Ctrl-C or the last look; whatever happens, the terminal is as it was. */
  async live(): Promise<ExitCode | undefined> {
    const { terminal, signal } = this.#context;
    const screen = new LiveScreen(terminal);
    const quit = new AbortController();
    const either = AbortSignal.any([signal, quit.signal]);
    let next = new AbortController();
    const typing = this.#type(
      either,
      () => quit.abort(),
      () => next.abort(),
    );
    try {
      for (let drawn = 0; !either.aborted; drawn++) {
        if (!screen.draw(await this.#frame()) || drawn + 1 === this.#options.count) {
          break;
        }
        next = new AbortController();
        await pause(this.#context, this.#options.interval, AbortSignal.any([either, next.signal]));
      }
    } finally {
      quit.abort();
      screen.close();
      await typing;
    }
    return signal.aborted ? exitCode.interrupted : undefined;
  }

  async #type(signal: AbortSignal, quit: () => void, again: () => void): Promise<void> {
    for await (const key of this.#context.terminal.keys(signal)) {
      const view = viewNames.find((name) => name[0] === key);
      if (key === "q" || key === "Q") {
        quit();
      } else if (view !== undefined) {
        this.#view = view;
        this.#before = undefined;
        again();
      } else if (sortKeys.has(key)) {
        this.#sort = sortKeys.get(key);
        again();
      } else if (key === " ") {
        again();
      }
    }
  }

  /** A cluster that does not answer is told of on the screen: whoever watches wants to see it come back. */
  async #frame(): Promise<readonly string[]> {
    const view = this.#view;
    try {
      const look = await this.#look();
      const rows = await this.#rows(look);
      const head = this.#head(look, rows);
      this.#before = look;
      return [head, "", ...this.#table(view, rows)];
    } catch (error) {
      if (!isAway(error)) {
        throw error;
      }
      this.#before = undefined;
      return [`mq top ${view} · ${this.#time()} · ${toCommandError(error).message} · q ends`];
    }
  }

  #head({ sample }: Look, rows: readonly TopRow[]): string {
    const flows = brokerFlows(this.#before?.sample, sample);
    const rate = (key: "inPerSecond" | "outPerSecond"): string => {
      const sum = sumOf(flows.map((flow) => flow[key]));
      return sum === null ? "-" : rateText(sum);
    };
    const { missing } = sample;
    const down = missing.length === 0 ? "" : ` (${missing.length} do not answer)`;
    return [
      `mq top ${this.#view}`,
      this.#time(),
      `${sample.brokers.length} brokers${down}`,
      `in ${rate("inPerSecond")}/s out ${rate("outPerSecond")}/s`,
      `${formatCount(rows.length)} ${this.#view}`,
      "b t g c view, i o l n sort, q ends",
    ].join(" · ");
  }

  #table(view: ViewName, rows: readonly TopRow[]): readonly string[] {
    const { terminal, output } = this.#context;
    const columns: readonly Column[] = viewColumns[view];
    const shown = sorted(rows, this.#sort).slice(0, Math.max(1, terminal.rows() - 3));
    const cells = shown.map((row) =>
      columns.map(({ key, show }) => {
        const value = row[key];
        const text =
          show?.(value, row) ??
          (typeof value === "number" ? formatCount(value) : String(value ?? "-"));
        return shorten(text, cellCharactersMax);
      }),
    );
    return renderTable(columns, cells, { hasHead: true, isColored: output.isColored }).split("\n");
  }

  async #look(): Promise<Look> {
    const { environment } = this.#context;
    const client = this.#context.client();
    const brokers = await chosenBrokers(client, this.#options);
    const sample = await sampleCluster(client, environment.clock, {
      brokers,
      hasGroups: this.#view !== "clients",
      hasTopics: this.#view === "topics",
    });
    return { sample, brokers };
  }

  #rows({ sample, brokers }: Look): Promise<readonly TopRow[]> {
    return topRows(this.#context.client(), this.#view, {
      before: this.#before?.sample,
      now: sample,
      brokers,
      time: this.#time(),
    });
  }

  #time(): string {
    return formatTime(this.#context.environment.clock.nowMs(), this.#context.global.utc);
  }
}
