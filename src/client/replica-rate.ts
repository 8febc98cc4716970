/** One line of a price: USD per one `unit`, as an exact decimal text. */
export type ReplicaCharge = Readonly<{
  meter: string;
  unit: string;
  amount: string;
  tier?: Readonly<{ above: number; of?: "results" | "seconds" }>;
  window?: Readonly<{ from: string; to: string }>;
}>;

/** A price in force, as `GET /v1/prices` gives it. */
export type ReplicaRate = Readonly<{
  seller: string;
  model: string;
  variant: string;
  state: "priced" | "free";
  charges: readonly ReplicaCharge[];
  from: readonly string[];
  observed_at: string;
}>;

/** What a version of the book brought for one seller, model and variant. */
export type RateChange = Readonly<{
  version: string;
  /** When the version was made: ISO 8601, UTC. */
  at: string;
  cause: string;
  seller: string;
  model: string;
  variant: string;
  /** `source`: the same price, taken from another source. */
  change: "first" | "changed" | "gone" | "source";
  /** What is in force now; null when nothing is. */
  price: ReplicaRate | null;
  /** What it took the place of. */
  previous: Readonly<{ state: string; charges: readonly ReplicaCharge[] }> | null;
}>;
