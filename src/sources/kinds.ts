import type { SourceAdapter, SourceKind } from "#/sources/adapter.ts";
import { litellmAdapter } from "#/sources/litellm.ts";
import { modelsDevAdapter } from "#/sources/models-dev.ts";
import { openrouterAdapter } from "#/sources/openrouter.ts";

const ADAPTERS: Readonly<Partial<Record<SourceKind, SourceAdapter>>> = {
  openrouter: openrouterAdapter,
  litellm: litellmAdapter,
  "models-dev": modelsDevAdapter,
};

export function adapterFor(kind: SourceKind): SourceAdapter {
  const adapter = ADAPTERS[kind];
  if (adapter === undefined) throw new Error(`no adapter for ${kind}`);
  return adapter;
}
