import { showSample, showValue } from "#/sources/payload-shape.ts";
import type { UnreadField } from "#/terms/unread-field.ts";

/** Where a value stands: `field` of the entry at `path`; `field` is empty for the entry itself. */
export type UnreadPlace = Readonly<{ path: string; field: string; value: unknown }>;

/** Counts what is not read of one document, by field and reason. */
export type UnreadFields = Readonly<{
  add: (reason: UnreadField["reason"], place: UnreadPlace) => void;
  /** The most frequent first. Of a document with a thousand names and more, the last ones are counted as one. */
  list: () => readonly UnreadField[];
}>;

const MOST_NAMES = 1000;
const LONGEST_NAME = 120;
const LONGEST_PATH = 200;
const OTHER_FIELDS = "other fields";

export function createUnreadFields(): UnreadFields {
  const fields = new Map<string, UnreadField>();

  function add(reason: UnreadField["reason"], { path, field, value }: UnreadPlace): void {
    const name = fields.size < MOST_NAMES ? showValue(field.replaceAll(/\[\d+\]/g, "[]"), LONGEST_NAME) : OTHER_FIELDS;
    const key = `${reason} ${name}`;
    const known = fields.get(key);
    if (known !== undefined) fields.set(key, { ...known, count: known.count + 1 });
    else
      fields.set(key, { field: name, reason, count: 1, path: showValue(path, LONGEST_PATH), value: showSample(value) });
  }

  return {
    add,
    list: () => [...fields.values()].toSorted((a, b) => b.count - a.count),
  };
}

const KEPT = 50;

/** What the log keeps of every run: the most frequent, and all others as one last item. */
export function cutUnreadFields(fields: readonly UnreadField[]): readonly UnreadField[] {
  const [first, ...more] = fields.slice(KEPT);
  if (first === undefined) return fields;
  const count = more.reduce((sum, one) => sum + one.count, first.count);
  return [...fields.slice(0, KEPT), { ...first, field: OTHER_FIELDS, count }];
}
