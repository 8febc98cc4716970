import type { ModelFacts } from "#/market/model-facts.ts";
import type { Spelling } from "#/market/seller.ts";

const dashed = (text: string): string => text.replaceAll(".", "-");

/** `meta-llama/Llama-3.3-70B-Instruct`: what an open model is called on Hugging Face. */
export function huggingFaceId(model: ModelFacts): string {
  return `${model.maker}/${model.title.replaceAll(" ", "-")}`;
}

const SPELL: Readonly<Record<Spelling, (model: ModelFacts) => string>> = {
  bare: (model) => model.slug,
  dashed: (model) => dashed(model.slug),
  "maker-path": (model) => model.id,
  "hugging-face": huggingFaceId,
  fireworks: (model) => `accounts/fireworks/models/${model.slug.replaceAll(".", "p")}`,
  bedrock: (model) => `${model.maker.split("-")[0]}.${dashed(model.slug)}-v1:0`,
};

/** The id that a seller gives to a model. */
export function spellId(spelling: Spelling, model: ModelFacts): string {
  return SPELL[spelling](model);
}
