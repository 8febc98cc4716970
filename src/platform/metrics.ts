import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Logger } from "pino";
import type { Clock } from "#/platform/clock.ts";
import { within } from "#/platform/within.ts";

type Spec<L extends string> = Readonly<{ name: string; help: string; labels?: readonly L[] }>;
type Labels<L extends string> = Readonly<Record<L, string>>;
export type Sample<L extends string = never> = Readonly<{ labels: Labels<L>; value: number }>;

export type Metrics = Readonly<{
  /** Counts what happens; answers how. `known` stand at 0 from the beginning, so that their first one is seen as a rise. */
  counter: <L extends string = never>(
    spec: Spec<L>,
    known?: readonly Labels<L>[],
  ) => (labels: Labels<L>, by?: number) => void;
  /** Counts how long things take, in seconds, by buckets that end at these seconds. */
  histogram: <L extends string = never>(
    spec: Spec<L> & Readonly<{ buckets: readonly number[] }>,
  ) => (labels: Labels<L>, seconds: number) => void;
  /** What this process knows now: `read` is asked at each scrape. */
  gauge: <L extends string = never>(spec: Spec<L>, read: () => readonly Sample<L>[]) => void;
  /** What all processes share: a `readShared` sets it whole, and it is left out while the database does not answer. */
  shared: <L extends string = never>(spec: Spec<L>) => (samples: readonly Sample<L>[]) => void;
  /** Runs before a scrape, one after the other, and at most once every few seconds. */
  readShared: (read: () => Promise<void>) => void;
  /** The text for Prometheus. Never waits long for the database. */
  scrape: () => Promise<Readonly<{ type: string; text: string }>>;
  /** Every metric there is, whether it has been measured yet or not. */
  catalogue: () => readonly Readonly<{ name: string; type: string; help: string; labels: readonly string[] }>[];
}>;

type Options = Readonly<{
  clock: Pick<Clock, "monotonicMs">;
  log: Logger;
  build: Readonly<{ version: string; role: string }>;
  /** For how long what was read from the database is told again. */
  freshMs?: number;
  /** For how long a scrape waits for the database; Prometheus itself gives up after 10 s. */
  slowestReadMs?: number;
}>;

const FRESH_MS = 5_000;
const SLOWEST_READ_MS = 3_000;
const EVENT_LOOP_LOOK_MS = 100;

/** The one registry of a process. Names, units and types are Prometheus's own: https://prometheus.io/docs/practices/naming/ */
export function createMetrics(options: Options): Metrics {
  const { clock, log, build, freshMs = FRESH_MS, slowestReadMs = SLOWEST_READ_MS } = options;
  const registry = new Registry();
  const registers = [registry];
  // Each look at the event loop wakes the process; at the library's 10 ms they are a good part of what an idle one takes.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_LOOK_MS });
  const shared: Gauge[] = [];
  const readers: (() => Promise<void>)[] = [];
  const up = defineStanding(registry, build);
  const fallSilent = () => {
    up.set(0);
    for (const gauge of shared) setAll(gauge, []);
  };
  const refresh = shareFor(freshMs, clock, async () => {
    try {
      for (const read of readers) await read();
      up.set(1);
    } catch (error) {
      log.warn({ err: error }, "metrics: the database could not be read");
      fallSilent();
    }
  });

  return {
    counter({ labels = [], ...spec }, known = []) {
      const counter = new Counter({ ...spec, labelNames: labels, registers });
      for (const each of known) counter.inc(each, 0);
      return (each, by = 1) => counter.inc(each, by);
    },
    histogram({ labels = [], buckets, ...spec }) {
      const histogram = new Histogram({ ...spec, labelNames: labels, buckets: [...buckets], registers });
      return (each, seconds) => histogram.observe(each, seconds);
    },
    gauge({ labels = [], ...spec }, read) {
      const collect = () => setAll(gauge, read());
      const gauge: Gauge = new Gauge<string>({ ...spec, labelNames: labels, registers, collect });
    },
    shared({ labels = [], ...spec }) {
      const gauge: Gauge = new Gauge<string>({ ...spec, labelNames: labels, registers });
      setAll(gauge, []);
      shared.push(gauge);
      return (samples) => setAll(gauge, samples);
    },
    readShared: (read) => void readers.push(read),
    async scrape() {
      await within(slowestReadMs, refresh()).catch(fallSilent);
      return { type: registry.contentType, text: await registry.metrics() };
    },
    catalogue: () => listMetrics(registry),
  };
}

/** What stands in every process. Answers the metric that says whether the database answers. */
function defineStanding(registry: Registry, build: Options["build"]): Gauge {
  const registers = [registry];
  const info = new Gauge({
    name: "ratebook_build_info",
    help: "1, with the version and the role of the process",
    labelNames: ["version", "role"],
    registers,
  });
  info.set(build, 1);
  return new Gauge({
    name: "ratebook_database_up",
    help: "1 when the database has answered the last reading, 0 when it has not: then what is read from it is left out",
    registers,
  });
}

function listMetrics(registry: Registry): ReturnType<Metrics["catalogue"]> {
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help } = metric;
    // The declarations leave out what every metric of the library has.
    const labels: unknown = Reflect.get(metric, "labelNames");
    if (!Array.isArray(labels)) throw new Error(`the metric ${name} does not say its labels`);
    return { name, help, type: metric.constructor.name.toLowerCase(), labels: labels.map(String) };
  });
}

/** A metric without labels stands at 0 after a reset, which would be a claim. */
function setAll(gauge: Gauge, samples: readonly Sample<string>[]): void {
  gauge.reset();
  if (samples.length === 0) gauge.remove({});
  for (const { labels, value } of samples) gauge.set(labels, value);
}

/** Shares one run of `work` among all who ask while it goes on, and for `freshMs` after it has begun. */
function shareFor(freshMs: number, clock: Pick<Clock, "monotonicMs">, work: () => Promise<void>): () => Promise<void> {
  let begunAt = Number.NEGATIVE_INFINITY;
  let last: Promise<void> = Promise.resolve();
  let isGoing = false;
  return () => {
    if (isGoing || clock.monotonicMs() - begunAt < freshMs) return last;
    begunAt = clock.monotonicMs();
    isGoing = true;
    last = work().finally(() => (isGoing = false));
    return last;
  };
}
