import type { SourceAdapter, SourceKind } from "#/sources/adapter.ts";
import { alibabaAdapter } from "#/sources/alibaba.ts";
import { cerebrasAdapter } from "#/sources/cerebras.ts";
import { chutesAdapter } from "#/sources/chutes.ts";
import { deepinfraAdapter } from "#/sources/deepinfra.ts";
import { fireworksAdapter } from "#/sources/fireworks.ts";
import { genaiPricesAdapter } from "#/sources/genai-prices.ts";
import { huggingfaceAdapter } from "#/sources/huggingface.ts";
import { litellmAdapter } from "#/sources/litellm.ts";
import { modelsDevAdapter } from "#/sources/models-dev.ts";
import { nearaiAdapter } from "#/sources/nearai.ts";
import { nebiusAdapter } from "#/sources/nebius.ts";
import { novitaAdapter } from "#/sources/novita.ts";
import { openrouterAdapter } from "#/sources/openrouter.ts";
import { parasailAdapter } from "#/sources/parasail.ts";
import { portkeyAdapter } from "#/sources/portkey.ts";
import { requestyAdapter } from "#/sources/requesty.ts";
import { togetherAdapter } from "#/sources/together.ts";
import { veniceAdapter } from "#/sources/venice.ts";
import { vercelAdapter } from "#/sources/vercel.ts";
import { xaiAdapter } from "#/sources/xai.ts";

const ADAPTERS: Readonly<Record<SourceKind, SourceAdapter>> = {
  openrouter: openrouterAdapter,
  litellm: litellmAdapter,
  "models-dev": modelsDevAdapter,
  "genai-prices": genaiPricesAdapter,
  deepinfra: deepinfraAdapter,
  novita: novitaAdapter,
  nearai: nearaiAdapter,
  chutes: chutesAdapter,
  huggingface: huggingfaceAdapter,
  vercel: vercelAdapter,
  cerebras: cerebrasAdapter,
  parasail: parasailAdapter,
  venice: veniceAdapter,
  requesty: requestyAdapter,
  portkey: portkeyAdapter,
  together: togetherAdapter,
  fireworks: fireworksAdapter,
  alibaba: alibabaAdapter,
  xai: xaiAdapter,
  nebius: nebiusAdapter,
};

export function adapterFor(kind: SourceKind): SourceAdapter {
  return ADAPTERS[kind];
}
