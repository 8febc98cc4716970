/** The instants that a model's page answers for, as its inputs hold them: `2026-08-01T12:00`, in UTC. */
export type AsOfInput = Readonly<{ at?: string; knownAt?: string }>;

const MINUTE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d$/;

/** What the address says; a text that is no minute counts as not there. */
export function readAsOf(query: Readonly<{ get: (name: string) => string | null }>): AsOfInput {
  return { ...read("at", query.get("at")), ...read("knownAt", query.get("knownAt")) };
}

function read(name: keyof AsOfInput, text: string | null): AsOfInput {
  const isInstant = text !== null && MINUTE.test(text) && !Number.isNaN(Date.parse(`${text}Z`));
  return isInstant ? { [name]: text } : {};
}

/** As the API takes it. */
export function asOfInstants(asOf: AsOfInput): { at?: string; knownAt?: string } {
  return Object.fromEntries(Object.entries(asOf).map(([name, minute]) => [name, `${minute}:00Z`]));
}

/** "at 2026-08-01 12:00 UTC, as it was known at 2026-07-01 00:00 UTC"; empty for now. */
export function asOfWords({ at, knownAt }: AsOfInput): string {
  const say = (minute: string) => `${minute.replace("T", " ")} UTC`;
  const known = knownAt === undefined ? "" : `as it was known at ${say(knownAt)}`;
  return [at === undefined ? (known === "" ? "" : "now") : `at ${say(at)}`, known].filter(Boolean).join(", ");
}
