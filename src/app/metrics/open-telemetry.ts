/**
 * Figures through OpenTelemetry's SDK and its Prometheus exporter. Loaded only when somebody asks for metrics: nothing
 * else of the process knows of it.
 *
 * Figures that are always there are read by observable instruments. The SDK never forgets what an instrument once told:
 * the lag of a group that is gone would be told for ever. What comes and goes (groups, topics), and what comes in ready
 * buckets, therefore joins through a metric producer, which tells what there is and no more.
 */
import { type ObservableCounter, type ObservableGauge, ValueType } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { DurationHistogram } from "../../core/duration-histogram.ts";
import { version } from "../../core/version.ts";
import type { Figure, Reading } from "./figure.ts";
import { figures } from "./figures.ts";
import type { Snapshot } from "./snapshot.ts";
import { syncDuration } from "./store-figures.ts";

export interface MetricsExporter {
  /** Takes a snapshot and resolves with it as Prometheus text. One at a time. */
  scrape(): Promise<string>;
}

type HrTime = DataPoint<number>["endTime"];

const scope = { name: "mq", version };
/** Prometheus text has no times: those of the data points are not told. */
const noTime: HrTime = [0, 0];

export function createExporter(takeSnapshot: () => Promise<Snapshot>): MetricsExporter {
  let current: Snapshot | undefined;
  const reader = new PrometheusExporter({
    preventServerStart: true,
    metricProducers: [producerOf(() => current)],
  });
  observe(new MeterProvider({ readers: [reader] }), () => current);
  const serializer = new PrometheusSerializer("", false, undefined, true, true);
  return {
    async scrape() {
      current = await takeSnapshot();
      const { resourceMetrics, errors } = await reader.collect();
      for (const error of errors) {
        throw error;
      }
      return serializer.serialize(resourceMetrics);
    },
  };
}

function observe(provider: MeterProvider, snapshot: () => Snapshot | undefined): void {
  const meter = provider.getMeter(scope.name, scope.version);
  const instruments = figures
    .filter(({ comesAndGoes }) => comesAndGoes !== true)
    .map((figure): readonly [Figure<Snapshot>, ObservableCounter | ObservableGauge] => {
      const options = { description: figure.about, unit: figure.unit };
      return [
        figure,
        figure.kind === "counter"
          ? meter.createObservableCounter(figure.name, options)
          : meter.createObservableGauge(figure.name, options),
      ];
    });
  meter.addBatchObservableCallback(
    (result) => {
      const taken = snapshot();
      if (taken === undefined) {
        return;
      }
      for (const [figure, instrument] of instruments) {
        for (const { value, attributes } of readingsOf(figure, taken)) {
          result.observe(instrument, value, attributes);
        }
      }
    },
    instruments.map(([, instrument]) => instrument),
  );
}

function producerOf(snapshot: () => Snapshot | undefined): MetricProducer {
  const passing = figures.filter(({ comesAndGoes }) => comesAndGoes === true);
  return {
    collect() {
      const taken = snapshot();
      const metrics =
        taken === undefined
          ? []
          : [
              ...passing.map((figure) => metricOf(figure, readingsOf(figure, taken))),
              ...(taken.syncDurations === undefined ? [] : [histogramOf(taken.syncDurations)]),
            ].filter(({ dataPoints }) => dataPoints.length > 0);
      // The reader takes the resource of its own provider.
      const resource = { attributes: {} } as ResourceMetrics["resource"];
      return Promise.resolve({
        resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] },
        errors: [],
      });
    },
  };
}

function readingsOf({ read }: Figure<Snapshot>, snapshot: Snapshot): readonly Reading[] {
  const found = read(snapshot);
  if (found === undefined) {
    return [];
  }
  return typeof found === "number" ? [{ value: found, attributes: {} }] : found;
}

function metricOf(figure: Figure<Snapshot>, readings: readonly Reading[]): MetricData {
  const common = {
    ...commonOf(figure),
    dataPoints: readings.map(({ value, attributes }) => ({
      value,
      attributes,
      startTime: noTime,
      endTime: noTime,
    })),
  };
  return figure.kind === "counter"
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...common, dataPointType: DataPointType.GAUGE };
}

function histogramOf(durations: DurationHistogram): MetricData {
  return {
    ...commonOf(syncDuration),
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [
      {
        value: {
          buckets: {
            boundaries: durations.boundsMs.map((ms) => ms / 1_000),
            counts: [...durations.counts],
          },
          sum: durations.sumMs / 1_000,
          count: durations.count,
        },
        attributes: {},
        startTime: noTime,
        endTime: noTime,
      },
    ],
  };
}

function commonOf({ name, about, unit }: Pick<Figure<Snapshot>, "name" | "about" | "unit">) {
  return {
    descriptor: { name, description: about, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
}
