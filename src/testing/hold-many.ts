import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { StackApi } from "#/testing/stack-api.ts";

/** The seller of the prices that `holdMany` has held. */
export const HELD_SELLER = "crowded";

const MODELS_A_DOCUMENT = 1_000;

/**
 * Adds sources whose every price then jumps, until `count` more holds are open; the sources are read no more after it. Answers what
 * removes them again, with their prices.
 */
export async function holdMany(api: StackApi, count: number): Promise<() => Promise<void>> {
  let factor = 1;
  const server = createServer((request, response) => {
    const first = Number(request.url?.slice(1)) * MODELS_A_DOCUMENT;
    const models = Array.from({ length: Math.min(MODELS_A_DOCUMENT, count - first) }, (_one, index) => first + index);
    response.setHeader("content-type", "application/json");
    response.end(documentOf(models, factor));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const sources = Array.from(
    { length: Math.ceil(count / MODELS_A_DOCUMENT) },
    (_one, index) => `${HELD_SELLER}-${index}`,
  );
  for (const [index, name] of sources.entries())
    await api.mutate("sources.add", { name, kind: "litellm", url: `http://127.0.0.1:${port}/${index}` });
  await api.sync({ sources });
  factor = 30;
  await api.sync({ sources });
  for (const name of sources) await api.mutate("sources.disable", { name, reason: "its prices are held" });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return async () => {
    for (const name of sources)
      await api.mutate("sources.remove", { name, reason: "its holds have been looked at", force: true });
  };
}

/** A LiteLLM map. Every model has prices of its own, so that each is held for its own reason. */
function documentOf(models: readonly number[], factor: number): string {
  return JSON.stringify(
    Object.fromEntries(
      models.map((model) => {
        const perToken = factor === 1 ? 1e-6 : Number((factor + model / 1_000).toFixed(3)) * 1e-6;
        return [
          `${HELD_SELLER}/model-${model}`,
          {
            litellm_provider: HELD_SELLER,
            mode: "chat",
            input_cost_per_token: Number(perToken.toPrecision(6)),
            output_cost_per_token: Number((4 * perToken).toPrecision(6)),
          },
        ];
      }),
    ),
  );
}
