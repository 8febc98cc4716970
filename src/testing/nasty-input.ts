import fc, { type Arbitrary } from "fast-check";
import { z } from "zod";

const NASTY_TEXTS = [
  "'; drop table sources; --",
  "<script>alert(1)</script>",
  "../../../etc/passwd",
  "a\u0000b",
  "\ud800",
  "${7*7}{{7*7}}",
  "%' or 1=1 --",
  "a".repeat(20_000),
  "2026-08-01T00:00:00Z",
  "infinity",
  "9999-12-31T23:59:59Z",
  "0000-01-01T00:00:00Z",
  "00000000-0000-4000-8000-000000000000",
  "99999999999999999999",
  "__proto__",
];

export const nastyText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NASTY_TEXTS),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ maxLength: 30 }),
);
const nastyLeaf = fc.oneof(
  nastyText,
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constantFrom(null, 1e308, -1, 0, 2 ** 53),
);

/** Any JSON value at all, and now and then a very deep one, as its text. */
export const nastyJson: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: nastyText },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 5_000 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)) },
);

type JsonSchema = z.core.JSONSchema._JSONSchema;

/** What a schema nearly lets through: its shape, with values at and beyond its edges, and sometimes a part of another type. */
export function nearlyValid(schema: z.ZodType): Arbitrary<unknown> {
  return fromSchema(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

function fromSchema(schema: JsonSchema): Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: asSaid(schema) }, { weight: 1, arbitrary: nastyLeaf });
}

function asSaid(schema: JsonSchema): Arbitrary<unknown> {
  if (typeof schema === "boolean") return nastyLeaf;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(fromSchema));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === "object") return objectOf(schema);
  if (schema.type === "array") {
    const { items } = schema;
    const item = items === undefined || Array.isArray(items) ? nastyLeaf : fromSchema(items);
    return fc.array(item, { minLength: Math.min(schema.minItems ?? 0, 2), maxLength: 4 });
  }
  if (schema.type === "string") return fc.oneof(nastyText, exampleOf(schema));
  if (schema.type === "number" || schema.type === "integer") {
    const edges = [schema.minimum ?? 0, schema.maximum ?? 2 ** 53, (schema.minimum ?? 0) - 1, 1, 0.5];
    return fc.constantFrom(...edges);
  }
  return schema.type === "boolean" ? fc.boolean() : nastyLeaf;
}

function objectOf({ properties = {}, required = [], additionalProperties }: Exclude<JsonSchema, boolean>) {
  const known = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, fromSchema(one)]));
  const shape = fc.record(known, { requiredKeys: [...required] });
  if (additionalProperties === undefined || typeof additionalProperties === "boolean") return shape;
  return fc.dictionary(nastyText, fromSchema(additionalProperties), { maxKeys: 3 });
}

/** A text that the schema lets through, where its kind is known. */
function exampleOf({ format, pattern }: Exclude<JsonSchema, boolean>): Arbitrary<string> {
  if (format === "uuid") return fc.uuid();
  if (format === "date-time")
    return fc.constantFrom("2026-08-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00");
  if (format === "email") return fc.constant("a@example.com");
  if (format === "uri") return fc.constantFrom("http://127.0.0.1:1/", "https://a.example/\u00e4?b=%00");
  if (pattern !== undefined) return fc.constantFrom("abc", "1", "a".repeat(64), "9223372036854775807");
  return fc.constantFrom("openrouter", "acme/one", "default", "a good reason", "UTC", "* * * * *", "a,b\n1,2\n");
}
