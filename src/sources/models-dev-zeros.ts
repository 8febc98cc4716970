type ZeroRule = Readonly<{ seller: RegExp; model?: RegExp; because: string }>;

/**
 * Where models.dev writes 0 for something else than "costs nothing". Read from the capture of 2026-07-30; sellers
 * whose every price is 0 need no line here.
 */
const ZERO_IS_NO_PRICE: readonly ZeroRule[] = [
  { seller: /-plan(-|$)/, because: "a plan: the fee is monthly, and 0 stands for its allowance" },
  { seller: /coding/, because: "a coding plan: the fee is monthly, and 0 stands for its allowance" },
  { seller: /^github-(copilot|models)$/, because: "part of a subscription or of a rate-limited trial" },
  { seller: /^gitlab$/, because: "part of a subscription" },
  { seller: /^ollama-cloud$/, because: "a plan with an allowance" },
  { seller: /^lmstudio$/, because: "runs on the user's own machine" },
  { seller: /^nvidia$/, because: "trial credits; the same models are sold elsewhere" },
  { seller: /^llmgateway$/, because: "its own list uses 0 for no data" },
  { seller: /^poe$/, because: "billed in points, and 0 stands for no conversion" },
  { seller: /^cloudflare-ai-gateway$/, because: "speech and voice models billed by the minute stand at 0 per token" },
  {
    seller: /^vercel$/,
    model: /^meta\//,
    because: "0 beside paid siblings, without a word that it is free: unverified",
  },
  { seller: /^cortecs$/, because: "0 beside paid siblings, without a word that it is free: unverified" },
  {
    seller: /./,
    model: /(^|\/)(auto|auto-beta|auto-model|custom|fusion|pareto-code|bodybuilder)$/,
    because: "a router: the price is that of the model it picks",
  },
];

/** Why a 0 of this seller for this model is not a price; `undefined` when it may be one. */
export function findZeroReason(seller: string, model: string): string | undefined {
  return ZERO_IS_NO_PRICE.find((rule) => rule.seller.test(seller) && (rule.model?.test(model) ?? true))?.because;
}
