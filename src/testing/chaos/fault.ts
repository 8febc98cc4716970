import type { Random } from "#/market/random.ts";
import type { ChaosPostgres } from "#/testing/chaos/postgres.ts";
import type { Times } from "#/testing/chaos/report.ts";
import { TTL_SECONDS, type World } from "#/testing/chaos/world.ts";

/** How often each fault happens: the long form proves, the short form notices. */
export type Length = "long" | "short";

export type Deps = Readonly<{ postgres: ChaosPostgres; random: Random; length: Length }>;

export type Outcome = Readonly<{ rounds: number; times?: readonly Times[]; failures?: readonly string[] }>;

export type Fault = Readonly<{
  name: string;
  /** It hits the whole database server,. */
  alone?: "always" | "long";
  /** It takes too long for the short form. */
  longOnly?: true;
  /** Does the damage; what it left is judged from the tables afterwards. */
  run: (deps: Deps, world: World) => Promise<Outcome>;
}>;

/** The most that a takeover may take: the lease's time and 2 s. */
export const TAKEOVER_TARGET_MS = (TTL_SECONDS + 2) * 1_000;
