import { z } from "zod";
import { AppError } from "#/platform/errors.ts";
import { SOURCE_KINDS, type SourceKind } from "#/sources/adapter.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { isSecretName } from "#/sources/secret-name.ts";

/** How a source is read, as a person gives it. */
export const sourceSettings = z.object({
  kind: z.enum(SOURCE_KINDS),
  /** The kind's own when absent. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
  /** The name of the environment variable that holds the source's key; the key itself is never stored. */
  apiKeyEnv: z
    .string()
    .refine(isSecretName, "a variable's name ending in _API_KEY, _TOKEN or _KEY, and none of the server's own")
    .optional(),
  options: z.record(z.string().max(60), z.union([z.string().max(200), z.boolean(), z.number()])).optional(),
});
export type SourceSettings = z.infer<typeof sourceSettings>;

/** The same with nothing left open. */
export type ReadSettings = Readonly<{
  kind: SourceKind;
  url: string;
  apiKeyEnv: string | null;
  options: Readonly<Record<string, unknown>>;
}>;

/** Throws `INVALID` for an option that the kind does not have, and for an address that carries a user name or password. */
export function readSettings({
  kind,
  url,
  apiKeyEnv = null,
  options = {},
}: Readonly<{
  kind: SourceKind;
  url?: string | undefined;
  apiKeyEnv?: string | null | undefined;
  options?: Readonly<Record<string, unknown>> | undefined;
}>): ReadSettings {
  const adapter = adapterFor(kind);
  const known = Object.entries(adapter.options ?? {});
  const strange = Object.keys(options).find((option) => !known.some(([name]) => name === option));
  if (strange !== undefined) {
    const choice = known.map(([option, does]) => `${option} (${does})`).join(", ");
    throw new AppError("INVALID", `${adapter.title} has no option "${strange}"; it has ${choice || "none"}`);
  }
  const address = url ?? adapter.defaultUrl;
  const parsed = new URL(address);
  if (parsed.username !== "" || parsed.password !== "") {
    throw new AppError(
      "INVALID",
      "The address carries a user name or password; credentials are never stored in an address",
    );
  }
  return { kind, url: address, apiKeyEnv, options };
}
