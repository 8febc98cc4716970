import parse from "parse-prometheus-text-format";

type Sample = Readonly<{ labels: Readonly<Record<string, string>>; value: number }>;

/** What a scrape says, as Prometheus stores it: a histogram is series of its own, `…_bucket`, `…_sum` and `…_count`. */
export type Scraped = Readonly<{
  /** Of the metrics, whether they have samples or not. */
  names: readonly string[];
  samples: (series: string) => readonly Sample[];
  /** The value of the sample with exactly these labels; `undefined` when there is none. */
  value: (series: string, labels?: Readonly<Record<string, string>>) => number | undefined;
}>;

/** Reads the text that Prometheus reads. */
export function readMetrics(text: string): Scraped {
  // The parser merges histograms that differ by their labels alone.
  const series = parse(text.replaceAll(/^# TYPE \S+ histogram$/gm, ""));
  const samples = (name: string): readonly Sample[] =>
    series
      .filter((one) => one.name === name)
      .flatMap(({ metrics }) => metrics.map(({ labels = {}, value }) => ({ labels, value: Number(value) })));
  return {
    names: parse(text).map(({ name }) => name),
    samples,
    value: (name, labels = {}) => samples(name).find((sample) => isSame(sample.labels, labels))?.value,
  };
}

function isSame(some: Readonly<Record<string, string>>, others: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(some);
  return entries.length === Object.keys(others).length && entries.every(([name, value]) => others[name] === value);
}
