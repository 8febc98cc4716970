import { parseTree, type Node } from "jsonc-parser";
import { LosslessNumber } from "lossless-json";
import type { Charge } from "#/price/charge.ts";
import { shiftPoint } from "#/price/decimal.ts";
import { conditionOf, withCondition } from "#/price/variant.ts";
import type {
  DocumentFormat,
  EntryFacts,
  EntryPrice,
  EntryText,
  LocatedEntry,
  NewEntry,
  NewModel,
  Rewritten,
} from "#/sources/documents/document.ts";
import { editObject, memberOf, membersOf, type Member } from "#/sources/documents/json-text.ts";
import type { WrittenFields } from "#/sources/documents/plan-fields.ts";
import { findPriceFields, type PriceFields } from "#/sources/documents/price-fields.ts";
import { rewriteMember, withMember } from "#/sources/documents/rewrite-member.ts";
import { MODELS_DEV_UNITS, readCost, readTierPrices } from "#/sources/models-dev-cost.ts";
import { modelsDevAdapter } from "#/sources/models-dev.ts";
import { isObject, readWhole, type PayloadObject } from "#/sources/payload-shape.ts";

const FIELDS = new Map(MODELS_DEV_UNITS.map(({ field, meter, unit }) => [`${meter}/${unit}`, field]));
const OVER_200K = "context_over_200k";

/** The catalogue of models.dev: an object of sellers, each with an object of models. */
export const modelsDevDocument: DocumentFormat = {
  adapter: modelsDevAdapter,
  empty: "{}",
  documentOf: (root) => root,
  locate(root) {
    const lists = new Map<string, Node>([["", root]]);
    const entries: LocatedEntry[] = [];
    for (const { name: seller, value } of membersOf(root)) {
      const models = memberOf(value, "models")?.value;
      if (models?.type !== "object") continue;
      lists.set(seller, models);
      for (const { name, value: node } of membersOf(models)) entries.push({ listing: `${seller}/${name}`, node });
    }
    return { entries, lists };
  },
  rewrite: rewriteEntry,
  newEntries,
  newSeller: (seller, entries) => ({
    list: "",
    listing: seller,
    name: seller,
    value: {
      id: seller,
      name: seller,
      models: Object.fromEntries(entries.map(({ name, value }) => [name ?? "", value])),
    },
  }),
};

function rewriteEntry(entry: EntryText, _: unknown, prices: ReadonlyMap<string, EntryPrice>): Rewritten {
  const base = rewriteCost(entry, prices.get("default") ?? "keep");
  const modes = modesOf(entry).flatMap(({ name, value }) => {
    const price = prices.get(withCondition("default", "speed", name));
    return price === undefined || price === "keep" ? [] : [{ name, value, price }];
  });
  let { text, omitted } = base;
  for (const { name, price } of modes) {
    const written = rewriteMode(parseEntry(text, entry.value), name, price);
    text = written.text;
    omitted += written.omitted;
  }
  return { text, omitted };
}

function parseEntry(text: string, value: PayloadObject): EntryText {
  const node = parseTree(text);
  if (node === undefined) throw new Error("an entry that was written is no JSON");
  return { text, node, value };
}

function modesOf({ node }: EntryText): Member[] {
  return membersOf(memberOf(memberOf(node, "experimental")?.value, "modes")?.value);
}

/** A mode keeps its `cost` as an entry does. */
function rewriteMode(entry: EntryText, name: string, price: EntryPrice): Rewritten {
  const mode = modesOf(entry).findLast((one) => one.name === name);
  const experimental = entry.value["experimental"];
  const modes = isObject(experimental) ? experimental["modes"] : undefined;
  const value = isObject(modes) ? modes[name] : undefined;
  if (mode === undefined || !isObject(value)) return { text: entry.text, omitted: 0 };
  const { offset, length } = mode.value;
  const inner = parseEntry(entry.text.slice(offset, offset + length), value);
  const { text, omitted } = rewriteCost(inner, price);
  return { text: entry.text.slice(0, offset) + text + entry.text.slice(offset + length), omitted };
}

function rewriteCost(entry: EntryText, price: EntryPrice): Rewritten {
  const cost = entry.value["cost"];
  const node = memberOf(entry.node, "cost")?.value ?? entry.node;
  const hasCopy = isObject(cost) && isObject(cost[OVER_200K]);
  const { text, omitted } = rewriteMember(entry, "cost", {
    path: "cost",
    found: findFields(node, cost),
    prices: new Map([["default", price]]),
    isText: false,
    write: (sheets) => writeCost(sheets.get("default") ?? [], hasCopy),
  });
  const hasNothing = text === "{}" && memberOf(entry.node, "cost")?.value.children?.length !== 0;
  if (!hasNothing) return { text: withMember(entry, "cost", text), omitted };
  const edits = { set: new Map([["cost", undefined]]), insert: new Map(), behind: new Set<string>() };
  return { text: editObject(entry.text, entry.node, edits), omitted };
}

/** `context_over_200k` beside tiers is an older copy of the first of them, whatever its size is. */
function findFields(node: Node, cost: unknown): PriceFields {
  const tiers: unknown = isObject(cost) ? cost["tiers"] : undefined;
  const [first]: readonly unknown[] = Array.isArray(tiers) ? tiers : [];
  const tier = isObject(first) ? first["tier"] : undefined;
  const above = isObject(tier) ? readWhole(tier["size"]) : undefined;
  const copy = isObject(cost) && isObject(cost[OVER_200K]) ? cost[OVER_200K] : undefined;
  return findPriceFields(
    node,
    "cost",
    (draft) => readCost(draft, cost, "cost", "default"),
    (draft) => {
      if (above !== undefined && copy !== undefined)
        readTierPrices(draft, copy, `cost.${OVER_200K}`, { above }, "default");
    },
  );
}

/** USD per 1M tokens. */
function writeCost(charges: readonly Charge[], hasCopy: boolean): WrittenFields {
  const known = charges.filter(isExpressible);
  const boundaries = [...new Set(known.flatMap(({ tier }) => tier?.above ?? []))].toSorted((a, b) => a - b);
  const pricesAbove = (above: number) => pricesOf(known.filter(({ tier }) => tier?.above === above));
  const tiers = boundaries.map((size) => ({ ...pricesAbove(size), tier: { type: "context", size } }));
  const fields = new Map<string, unknown>(Object.entries(pricesOf(known.filter(({ tier }) => tier === undefined))));
  const [lowest] = boundaries;
  if (lowest !== undefined) fields.set("tiers", tiers);
  if (lowest !== undefined && hasCopy) fields.set(OVER_200K, pricesAbove(lowest));
  return { fields, left: new Map([["default", charges.length - known.length]]) };
}

function isExpressible({ meter, unit, tier, window }: Charge): boolean {
  return FIELDS.has(`${meter}/${unit}`) && window === undefined && tier?.of === undefined;
}

function pricesOf(charges: readonly Charge[]): Record<string, LosslessNumber> {
  return Object.fromEntries(
    charges.map(({ meter, unit, amount }) => [
      FIELDS.get(`${meter}/${unit}`) ?? "",
      new LosslessNumber(shiftPoint(amount, 6)),
    ]),
  );
}

function newEntries({ listedAs, model, variants, facts }: NewModel): { entries: NewEntry[]; omitted: number } {
  const costs = [...variants].map(([variant, { charges }]) => {
    const speed = conditionOf(variant, "speed");
    const mode = variant === "default" ? "" : speed;
    const hasPlace = mode === "" || variant === withCondition("default", "speed", mode ?? "");
    return { mode: hasPlace ? mode : undefined, charges, written: writeCost(charges, false) };
  });
  const omitted = costs.reduce(
    (sum, { mode, charges, written }) =>
      sum + (mode === undefined ? charges.length : (written.left.get("default") ?? 0)),
    0,
  );
  const said = costs.flatMap(({ mode, written }) =>
    mode === undefined ? [] : [{ mode, cost: Object.fromEntries(written.fields) }],
  );
  if (said.length === 0) return { entries: [], omitted };
  const base = said.find(({ mode }) => mode === "");
  const modes = said.flatMap(({ mode, cost }) => (mode === "" ? [] : [[mode, { cost }] as const]));
  const value = {
    id: model,
    name: model,
    ...factFields(facts),
    ...(base === undefined ? {} : { cost: base.cost }),
    ...(modes.length === 0 ? {} : { experimental: { modes: Object.fromEntries(modes) } }),
  };
  return { entries: [{ list: listedAs, listing: `${listedAs}/${model}`, name: model, value }], omitted };
}

function factFields({ contextTokens, outputTokens, inputModalities, outputModalities }: EntryFacts) {
  const modalities = {
    ...(inputModalities === undefined ? {} : { input: inputModalities }),
    ...(outputModalities === undefined ? {} : { output: outputModalities }),
  };
  const limit = {
    ...(contextTokens === undefined ? {} : { context: contextTokens }),
    ...(outputTokens === undefined ? {} : { output: outputTokens }),
  };
  return {
    ...(Object.keys(modalities).length === 0 ? {} : { modalities }),
    ...(Object.keys(limit).length === 0 ? {} : { limit }),
  };
}
