import type { SourceAdapter, SourceKind } from "#/sources/adapter.ts";
import { litellmAdapter } from "#/sources/litellm.ts";
import { modelsDevAdapter } from "#/sources/models-dev.ts";
import { openrouterAdapter } from "#/sources/openrouter.ts";

export const SOURCE_KINDS = ["openrouter", "litellm", "models-dev"] as const satisfies readonly SourceKind[];

const ADAPTERS: Readonly<Record<(typeof SOURCE_KINDS)[number], SourceAdapter>> = {
  openrouter: openrouterAdapter,
  litellm: litellmAdapter,
  "models-dev": modelsDevAdapter,
};

export function adapterFor(kind: SourceKind): SourceAdapter {
  return ADAPTERS[kind];
}
