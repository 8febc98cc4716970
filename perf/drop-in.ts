/**
 * Imports payload files one by one through the guard into a book of their own, exports each in its own format, and says what a reader
 * of the export finds otherwise than in the original: keys, their order, fields that are no price, and prices, each with its reason.
 * The npm packages that read the same formats calculate costs from both.
 *
 *   npm run drop-in -- litellm=FILE models-dev=FILE…
 *
 * Exit code 1 when something differs without a reason.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calcPrice, updatePrices, waitForUpdate, type Provider } from "@pydantic/genai-prices";
import { sql } from "drizzle-orm";
import { estimateCost, fetchModels, type ModelCatalog } from "tokenlens";
import { openDatabase, type Db } from "#/platform/database.ts";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { migrateDatabase } from "#/platform/migrate.ts";
import { chargeKey } from "#/price/charge.ts";
import type { Offer } from "#/price/offer.ts";
import { compileDocument } from "#/sources/documents/compile-document.ts";
import type { DocumentKind, TemplateEntry } from "#/sources/documents/document.ts";
import { writeExport } from "#/serve/write-export.ts";
import { importPayload } from "./import-payload.ts";

const SOURCE = "original";
/** Members of an entry that hold prices, by format. */
const PRICE_MEMBERS: Readonly<Record<DocumentKind, RegExp>> = {
  litellm: /cost|pricing|multiplier|^provider_specific_entry$/,
  openrouter: /^pricing$/,
  "models-dev": /^(?:cost|experimental)$/,
  "genai-prices": /^prices$/,
};

const folder = await mkdtemp(join(tmpdir(), "ratebook-drop-in-"));
const postgres = await openEmbeddedPostgres(folder);
const admin = openDatabase(postgres.url, { max: 1, name: "drop-in" });

async function importOriginal(db: Db, kind: DocumentKind, text: string): Promise<void> {
  await db.execute(sql`insert into sources (name, kind, url) values (${SOURCE}, ${kind}, 'https://x.example/')`);
  await db.transaction(async (tx) => {
    const { digest, observedAt } = await importPayload(tx, { source: SOURCE, kind, text });
    await tx.execute(sql`update sources set applied_digest = ${digest}, observed_at = ${observedAt}::timestamptz`);
  });
}

/** Listings of which the guard holds a price, and whether that one has a last good price. */
async function readHeld(db: Db): Promise<Map<string, boolean>> {
  const rows = await db.execute<{ listing: string; variant: string; hasOld: boolean }>(sql`
    select listing, variant, old_state is not null as "hasOld" from price_holds where state = 'open'`);
  return new Map([...rows].map(({ listing, variant, hasOld }) => [`${listing}\u0000${variant}`, hasOld]));
}

const faceOf = ({ charges }: Pick<Offer, "charges">) =>
  charges
    .map((charge) => `${chargeKey(charge)} ${charge.amount}`)
    .toSorted()
    .join("; ");

/** What stands in an entry beside its prices. */
function restOf(kind: DocumentKind, text: string, { start, end }: TemplateEntry): string {
  const value: unknown = JSON.parse(text.slice(start, end));
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).filter(([name]) => !PRICE_MEMBERS[kind].test(name)));
}

type Found = {
  entries: number;
  keys: boolean;
  order: boolean;
  rest: number;
  equal: number;
  differs: Record<string, number>;
  unpriced: number;
};

async function compare(db: Db, kind: DocumentKind, original: string): Promise<{ found: Found; text: string }> {
  const written = await writeExport(db, { format: kind });
  const held = await readHeld(db);
  const before = compileDocument(kind, original, written.at);
  const after = compileDocument(kind, written.text, written.at);
  const names = before.entries.map(({ listing }) => listing);
  const exported = after.entries.map(({ listing }) => listing);
  const found: Found = {
    entries: names.length,
    keys: JSON.stringify(names.toSorted()) === JSON.stringify(exported.toSorted()),
    order: JSON.stringify(names) === JSON.stringify(exported),
    rest: 0,
    equal: 0,
    differs: {},
    unpriced: written.unpriced,
  };
  for (const [index, entry] of before.entries.entries()) {
    const now = after.entries[index];
    if (now === undefined || restOf(kind, original, entry) !== restOf(kind, written.text, now)) found.rest += 1;
    const faces = new Map(now?.offers.map((offer) => [offer.variant, faceOf(offer)]));
    for (const offer of entry.offers) {
      if (faceOf(offer) === (faces.get(offer.variant) ?? "")) {
        found.equal += 1;
        continue;
      }
      const hold = held.get(`${offer.listing}\u0000${offer.variant}`);
      const reason =
        hold === undefined ? "without a reason" : hold ? "held, with its last good price" : "held, without one";
      found.differs[reason] = (found.differs[reason] ?? 0) + 1;
      if (hold === undefined)
        process.stdout.write(
          `  ${offer.listing} ${offer.variant}: ${faceOf(offer)} is ${faces.get(offer.variant) ?? "gone"}\n`,
        );
    }
  }
  return { found, text: written.text };
}

const USAGES = [
  { input_tokens: 1_000, output_tokens: 500 },
  { input_tokens: 250_000, cache_read_tokens: 200_000, output_tokens: 4_000 },
];

type Cost = readonly [key: string, cost: string];

async function countGenaiCosts(original: string, exported: string): Promise<Map<string, string>[]> {
  const results: Map<string, string>[] = [];
  for (const text of [original, exported]) {
    const parsed = JSON.parse(text) as Provider[] | { providers: Provider[] };
    const providers = Array.isArray(parsed) ? parsed : parsed.providers;
    updatePrices(({ setProviderData }) => setProviderData(providers));
    await waitForUpdate();
    const models = providers.flatMap(({ id, models: own }) => own.map((model) => [id, model.id] as const));
    const costs = models.flatMap(([providerId, model]) =>
      USAGES.map((usage, index): Cost => [
        `${providerId} ${model} ${index}`,
        costOf(() => calcPrice(usage, model, { providerId })?.total_price),
      ]),
    );
    results.push(new Map(costs));
  }
  return results;
}

async function countTokenlensCosts(original: string, exported: string): Promise<Map<string, string>[]> {
  const results: Map<string, string>[] = [];
  for (const text of [original, exported]) {
    const json = async () => JSON.parse(text) as unknown;
    const answer = { ok: true, status: 200, statusText: "OK", json, text: async () => text };
    const catalog: ModelCatalog = await fetchModels({ fetch: async () => answer });
    const models = Object.entries(catalog).flatMap(([seller, { models: own }]) =>
      Object.keys(own ?? {}).map((model) => `${seller}:${model}`),
    );
    const costs = models.flatMap((modelId) =>
      USAGES.map((usage, index): Cost => [
        `${modelId} ${index}`,
        costOf(() => estimateCost({ modelId, usage, catalog }).totalUSD),
      ]),
    );
    results.push(new Map(costs));
  }
  return results;
}

function costOf(calculate: () => number | undefined): string {
  try {
    return String(calculate() ?? "none");
  } catch {
    return "none";
  }
}

const CLIENTS = {
  "genai-prices": ["@pydantic/genai-prices", countGenaiCosts],
  "models-dev": ["tokenlens", countTokenlensCosts],
} as const;

async function compareFile(db: Db, kind: DocumentKind, file: string): Promise<void> {
  const original = await readFile(file, "utf8");
  await importOriginal(db, kind, original);
  const { found, text } = await compare(db, kind, original);
  const differs = Object.entries(found.differs).map(([reason, count]) => `${count} ${reason}`);
  process.stdout.write(
    `${file}: ${found.entries} entries, keys ${found.keys ? "equal" : "DIFFER"}, order ${found.order ? "equal" : "DIFFERS"}, ` +
      `${found.rest} with another field that is no price; ${found.equal} prices equal, ${differs.join(", ") || "none differs"}; ` +
      `${found.unpriced} offers without a price in force\n`,
  );
  const isEqual = found.keys && found.order && found.rest === 0 && found.differs["without a reason"] === undefined;
  if (!isEqual) process.exitCode = 1;
  const client = kind === "genai-prices" || kind === "models-dev" ? CLIENTS[kind] : undefined;
  if (client === undefined) return;
  const [name, count] = client;
  const [before = new Map(), after = new Map()] = await count(original, text);
  const same = [...before].filter(([key, cost]) => after.get(key) === cost).length;
  process.stdout.write(
    `  ${name} calculates ${same} of ${before.size} costs the same; the others are of held prices\n`,
  );
  const most = USAGES.length * Object.values(found.differs).reduce((sum, one) => sum + one, 0);
  if (before.size - same > most) process.exitCode = 1;
}

try {
  for (const [index, argument] of process.argv.slice(2).entries()) {
    const [kind = "", file = ""] = argument.split("=", 2);
    await admin.sql.unsafe(`create database drop_in_${index}`);
    const url = new URL(postgres.url);
    url.pathname = `/drop_in_${index}`;
    await migrateDatabase(url.href);
    const { db, close } = openDatabase(url.href, { max: 2, name: "drop-in" });
    await compareFile(db, kind as DocumentKind, file);
    await close();
  }
} finally {
  await admin.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}
