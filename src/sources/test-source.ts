import { z } from "zod";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { FetchSource } from "#/sources/fetch-source.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { findSource, type SourceView } from "#/sources/list-sources.ts";
import { parsePayload } from "#/sources/parse-payload.ts";
import { readSettings, type SourceSettings } from "#/sources/read-settings.ts";
import { unreadField } from "#/terms/unread-field.ts";

export const sourceTest = z.object({
  name: z.string(),
  ok: z.boolean(),
  message: z.string(),
  bytes: z.number().nullable(),
  fetchMs: z.number().nullable(),
  offers: z.record(z.string(), z.number()),
  rejected: z.record(z.string(), z.number()),
  /** Every field that is refused or left out, the most frequent first. */
  unreadFields: z.array(unreadField),
});
export type SourceTest = z.infer<typeof sourceTest>;

type Deps = Readonly<{ db: Db; fetchSource: FetchSource }>;

type Settings = Pick<SourceView, "url" | "apiKeyEnv" | "options" | "kind">;

/** Fetches and parses a source, and writes nothing. Throws `NOT_FOUND`. */
export async function testSource(
  deps: Deps,
  { name, signal }: { name: string; signal: AbortSignal },
): Promise<SourceTest> {
  const source = await findSource(deps.db, name);
  if (source === undefined) throw new AppError("NOT_FOUND", `There is no source called "${name}"`);
  return trySettings(deps, { ...source, signal });
}

/** The same for one that is not added yet, under the name of its kind. Throws as `readSettings` does. */
export async function testNewSource(
  deps: Pick<Deps, "fetchSource">,
  { signal, ...settings }: SourceSettings & { signal: AbortSignal },
): Promise<SourceTest> {
  const read = readSettings(settings);
  return trySettings(deps, { ...read, name: read.kind, signal });
}

async function trySettings(
  deps: Pick<Deps, "fetchSource">,
  { name, kind, url, apiKeyEnv, options, signal }: Settings & { name: string; signal: AbortSignal },
): Promise<SourceTest> {
  const nothing = { name, bytes: null, fetchMs: null, offers: {}, rejected: {}, unreadFields: [] };
  const adapter = adapterFor(kind);
  const fetched = await deps.fetchSource({ adapter, url, apiKeyEnv, options, signal });
  if (fetched.outcome === "failed") return { ...nothing, ok: false, message: fetched.message };
  if (fetched.outcome === "not_modified")
    return { ...nothing, ok: false, message: "The source answered 304 to a request that was not conditional" };

  const received = { ...nothing, bytes: fetched.bytes, fetchMs: Math.round(fetched.durationMs) };
  const parsed = parsePayload(adapter, fetched.text, { observedAt: new Date().toISOString(), options });
  if (!parsed.ok) return { ...received, ok: false, message: parsed.problem.message };
  const offers = countBy(parsed.sheet.offers.map((offer) => offer.state));
  const rejected = countBy(parsed.sheet.rejects.map((reject) => reject.reason));
  const unreadFields = [...parsed.sheet.unreadFields];
  return { ...received, ok: true, message: `${parsed.sheet.offers.length} offers`, offers, rejected, unreadFields };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
