import type { Node } from "jsonc-parser";
import { stringify } from "lossless-json";

/** A member of an object: its name, and where it and its value stand. */
export type Member = Readonly<{ name: string; node: Node; value: Node }>;

/** The members of an object in the order of the text; none for anything else. */
export function membersOf(node: Node | undefined): Member[] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap((member) => {
    const [key, value] = member.children ?? [];
    return key === undefined || value === undefined ? [] : [{ name: String(key.value), node: member, value }];
  });
}

/** A member by its name. Of several the last one counts, as for every reader of JSON. */
export function memberOf(node: Node | undefined, name: string): Member | undefined {
  return membersOf(node).findLast((member) => member.name === name);
}

export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.type === "array" ? (node.children ?? []) : [];
}

/** A member's value where it is a text. */
export function textOf(node: Node | undefined, name: string): string | undefined {
  const value: unknown = memberOf(node, name)?.value.value;
  return typeof value === "string" ? value : undefined;
}

export function endOf({ offset, length }: Node): number {
  return offset + length;
}

/** Every value below a node by its path, as adapters write paths: `tiers[0].input`. `path` is that of the node itself. */
export function nodesByPath(node: Node, path = ""): ReadonlyMap<string, Node> {
  const found = new Map([[path, node]]);
  const below = [
    ...membersOf(node).map(({ name, value }) => [path === "" ? name : `${path}.${name}`, value] as const),
    ...itemsOf(node).map((item, index) => [`${path}[${index}]`, item] as const),
  ];
  for (const [at, child] of below) for (const [inner, one] of nodesByPath(child, at)) found.set(inner, one);
  return found;
}

/** A piece of a text and what takes its place. */
export type Splice = Readonly<{ start: number; end: number; text: string }>;

/** Replaces pieces that do not overlap; everything between them is copied. */
export function spliceText(text: string, splices: readonly Splice[]): string {
  let at = 0;
  let written = "";
  for (const splice of splices.toSorted((a, b) => a.start - b.start)) {
    written += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return written + text.slice(at);
}

/** How values below one place are indented; `indent` is absent where everything stands on one line. */
export type Layout = Readonly<{ indent: string | undefined; unit: string }>;

/** A value as text; numbers are `LosslessNumber`, so that their digits stay. */
export function writeValue(value: unknown, { indent, unit }: Layout): string {
  if (indent === undefined) return stringify(value) ?? "null";
  return (stringify(value, undefined, unit) ?? "null").replaceAll("\n", `\n${indent}`);
}

/** How the members of an object, or the items of a list, stand in the text. */
export function layoutOf(text: string, node: Node): Layout {
  const [first] = node.children ?? [];
  const last = node.children?.at(-1);
  if (first === undefined || last === undefined) return { indent: undefined, unit: "" };
  const indent = indentOf(text.slice(node.offset + 1, first.offset));
  const outer = indentOf(text.slice(endOf(last), endOf(node) - 1)) ?? "";
  return { indent, unit: indent?.startsWith(outer) === true ? indent.slice(outer.length) : "" };
}

function indentOf(space: string): string | undefined {
  const line = space.lastIndexOf("\n");
  return line < 0 ? undefined : space.slice(line + 1);
}

/**
 * What happens to the members of an object: `set` replaces a value's text or, with `undefined`, leaves the member out; `insert`
 * are new members, in their order after the last one of `behind`, or at the end.
 */
export type ObjectEdits = Readonly<{
  set: ReadonlyMap<string, string | undefined>;
  insert: ReadonlyMap<string, unknown>;
  behind: ReadonlySet<string>;
}>;

/** The text of an object after edits; whatever is not edited is equal to the byte. */
export function editObject(text: string, node: Node, { set, insert, behind }: ObjectEdits): string {
  const members = membersOf(node);
  const starts = members.map((_, index) => {
    const before = members[index - 1];
    return before === undefined ? node.offset + 1 : endOf(before.node);
  });
  const leads = members.map((member, index) => text.slice(starts[index], member.node.offset));
  const head = leads[0] ?? "";
  const comma = leads.length > 1 ? (leads.at(-1) ?? ",") : `,${head}`;
  const place = members.findLastIndex(({ name }) => behind.has(name));
  const added = [...insert].map(([name, value]) => newMember(text, node, name, value));
  const bodies: { lead: string; body: string }[] = [];
  for (const [index, member] of members.entries()) {
    const body = bodyOf(text, member, set);
    if (body !== undefined) bodies.push({ lead: leads[index] ?? "", body });
    if (index === place) bodies.push(...added.map((one) => ({ lead: comma, body: one })));
  }
  if (place < 0) bodies.push(...added.map((one) => ({ lead: comma, body: one })));
  if (bodies.length === 0) return "{}";
  const last = members.at(-1);
  const tail = text.slice(last === undefined ? node.offset + 1 : endOf(last.node), endOf(node) - 1);
  return `{${bodies.map(({ lead, body }, index) => (index === 0 ? head : lead) + body).join("")}${tail}}`;
}

function bodyOf(text: string, { name, node, value }: Member, set: ObjectEdits["set"]): string | undefined {
  if (!set.has(name)) return text.slice(node.offset, endOf(node));
  const to = set.get(name);
  return to === undefined ? undefined : text.slice(node.offset, value.offset) + to;
}

function newMember(text: string, node: Node, name: string, value: unknown): string {
  const [member] = membersOf(node);
  const [key] = member?.node.children ?? [];
  const colon = member === undefined || key === undefined ? ":" : text.slice(endOf(key), member.value.offset);
  return `${JSON.stringify(name)}${colon}${writeValue(value, layoutOf(text, node))}`;
}
