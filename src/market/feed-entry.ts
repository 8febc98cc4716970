import { stringify, type LosslessNumber } from "lossless-json";

export type Json =
  | string
  | number
  | boolean
  | null
  | LosslessNumber
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** One model in a document. `key` is its name there; `seller` groups entries where the format does. */
export type FeedEntry = Readonly<{ key: string; seller: string; value: JsonObject | null }>;

/** JSON text in which a `LosslessNumber` keeps its own spelling. */
export function jsonText(value: Json): string {
  return stringify(value) ?? "null";
}

/** `"key":value`, so that a document can be put together with keys that JSON objects would merge. */
export function memberText(key: string, value: string): string {
  return `${JSON.stringify(key)}:${value}`;
}
