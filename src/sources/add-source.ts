import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { findSource, type SourceView } from "#/sources/list-sources.ts";
import { sources } from "#/sources/schema.ts";

type Input = Readonly<{
  name: string;
  kind: SourceKind;
  url?: string | undefined;
  /** The environment variable that holds the source's key. */
  apiKeyEnv?: string | undefined;
  options?: Readonly<Record<string, unknown>> | undefined;
}>;

/**
 * Adds an enabled source, ranked last; without an address, the kind's own. Throws `CONFLICT` when the name is taken, `INVALID` for an
 * option that its kind does not have.
 */
export async function addSource(
  db: Db,
  actor: Principal,
  { name, kind, url, apiKeyEnv, options }: Input,
): Promise<SourceView> {
  const adapter = adapterFor(kind);
  const known = Object.entries(adapter.options ?? {});
  const strange = Object.keys(options ?? {}).find((option) => !known.some(([name]) => name === option));
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
  return db.transaction(async (tx) => {
    const after = { kind, url: address, apiKeyEnv: apiKeyEnv ?? null, options: options ?? {} };
    const added = await tx
      .insert(sources)
      .values({ name, ...after })
      .onConflictDoNothing()
      .returning({ name: sources.name });
    const source = await findSource(tx, name);
    if (added.length === 0 || source === undefined)
      throw new AppError("CONFLICT", `There is a source called "${name}" already`);
    await recordAudit(tx, actor, { action: "sources.add", target: name, after });
    return source;
  });
}
