import { bigint, boolean, customType, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import type { SourceOutcome } from "#/terms/source-outcome.ts";
import type { SourceKind } from "#/sources/adapter.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** A source is a row: where prices are read from, how, and how that last went. */
export const sources = pgTable("sources", {
  name: text("name").primaryKey(),
  kind: text("kind").$type<SourceKind>().notNull(),
  url: text("url").notNull(),
  enabled: boolean("enabled").notNull().default(true),
  /** The environment variable that holds the source's key; the key itself is never stored. */
  apiKeyEnv: text("api_key_env"),
  /** What the kind's own options are set to, such as `{"endpoints": true}`. */
  options: jsonb("options").$type<Readonly<Record<string, unknown>>>().notNull().default({}),
  /** Thresholds of the guard that differ from the defaults for this source. */
  guard: jsonb("guard").$type<Readonly<Record<string, unknown>>>().notNull().default({}),
  /** The newest instant that a payload was applied for; an archived payload can only be newer. */
  observedAt: instant("observed_at"),
  /** What the last applied payload was, so that the same one is not applied twice. */
  appliedDigest: text("applied_digest"),
  appliedParserVersion: integer("applied_parser_version"),
  /** The mark of the other sources' history when its offers were judged last; another one now may release what is held. */
  judgedPeers: bigint("judged_peers", { mode: "number" }),
  /** Only set from an answer that was applied, so that 304 always means "what you have applied". */
  etag: text("etag"),
  /** 429 asked us to come back no earlier. */
  retryAfter: instant("retry_after"),
  lastAttemptAt: instant("last_attempt_at"),
  lastSuccessAt: instant("last_success_at"),
  lastOutcome: text("last_outcome").$type<SourceOutcome>(),
  lastError: text("last_error"),
  createdAt: instant("created_at").notNull().defaultNow(),
});

/** Raw payloads by the SHA-256 of their text, gzip-compressed, each stored once. */
export const sourcePayloads = pgTable("source_payloads", {
  digest: text("digest").primaryKey(),
  bytes: integer("bytes").notNull(),
  body: bytea("body").notNull(),
  firstSeenAt: instant("first_seen_at").notNull().defaultNow(),
});
