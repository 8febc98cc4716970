import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Charge } from "#/price/charge.ts";
import { decimal, multiply, shiftPoint, type Decimal } from "#/price/decimal.ts";
import { GUARD_DEFAULTS, mergeGuardRules } from "#/price/guard-rules.ts";
import { judgeOffers, type Candidate, type Verdict } from "#/price/judge-offers.ts";
import type { PeerOffer } from "#/price/peer-index.ts";
import { indexSellers } from "#/price/sellers.ts";
import type { Meter } from "#/terms/meter.ts";

type PerMillion = Partial<Record<Meter, string>>;

/** Charges from USD per 1M tokens. */
function sheet(prices: PerMillion): Charge[] {
  return Object.entries(prices).map(([meter, usd]) => ({
    meter: meter as Meter,
    unit: "token",
    amount: shiftPoint(decimal(usd), -6),
  }));
}

const { identityOf } = indexSellers();

/** As the book has it: whatever its spelling, the seller is the identity. */
function offer(spelling: string, model: string, prices: PerMillion, more: Partial<Candidate> = {}): Candidate {
  return { seller: identityOf(spelling), model, variant: "default", state: "priced", charges: sheet(prices), ...more };
}

function peer(source: string, seller: string, model: string, prices: PerMillion): PeerOffer {
  return { source, ...offer(seller, model, prices) };
}

type More = Readonly<{ peers?: PeerOffer[]; own?: Candidate[]; isVanishing?: boolean; rules?: typeof GUARD_DEFAULTS }>;

function judge(
  candidate: Candidate,
  { peers = [], own = [], isVanishing = false, rules = GUARD_DEFAULTS }: More = {},
): Verdict {
  const [verdict] = judgeOffers({ candidates: [candidate], peers, ownOffers: [candidate, ...own], rules, isVanishing });
  if (verdict === undefined) throw new Error("no verdict");
  return verdict;
}

function reasonsOf(candidate: Candidate, more?: More): readonly string[] {
  const verdict = judge(candidate, more);
  return verdict.outcome === "hold" ? verdict.reasons : [];
}

const previous = (prices: PerMillion) => ({ previous: { state: "priced" as const, charges: sheet(prices) } });

describe("a first price", () => {
  test("per million stored as per token is held, and so is a price next to nothing", () => {
    expect(reasonsOf(offer("acme", "m", { input: "3000000", output: "15000000" }))).toContain("BOUND");
    expect(reasonsOf(offer("acme", "m", { input: "0.000005", output: "0.000005" }))).toContain("BOUND");
    expect(reasonsOf(offer("acme", "m", { input: "0.01", output: "0.01" }))).toEqual([]);
  });

  test("of 22,000 times a small model's price is held with words that name the bound", () => {
    const verdict = judge(offer("wandb", "meta-llama/Llama-3.1-8B-Instruct", { input: "22000", output: "22000" }));
    expect(verdict).toMatchObject({
      reasons: ["BOUND"],
      findings: [{ words: expect.stringContaining("$22,000.00 per 1M") }, {}],
    });
  });

  test("that is dear for the size its name states is held, though a large model may cost as much", () => {
    expect(reasonsOf(offer("acme", "llama-3.1-8b", { input: "9", output: "9" }))).toEqual(["BOUND"]);
    expect(reasonsOf(offer("acme", "llama-3.1-405b", { input: "9", output: "9" }))).toEqual([]);
    expect(reasonsOf(offer("acme", "acme-embed-v2", { input: "9" }))).toEqual(["BOUND"]);
  });

  test("that is right and high is held once, and after approval small moves of it are not", () => {
    const pro = { input: "150", output: "600" };
    expect(reasonsOf(offer("openai", "o1-pro", pro))).toEqual(["BOUND"]);
    expect(reasonsOf(offer("openai", "o1-pro", { input: "140", output: "580" }, previous(pro)))).toEqual([]);
    expect(reasonsOf(offer("openai", "o1-pro", { input: "300", output: "600" }, previous(pro)))).toEqual(["BOUND"]);
  });

  test("above the bound passes when the same seller asks the same in another catalogue", () => {
    const peers = [peer("models-dev", "openai", "o1-pro", { input: "150", output: "600" })];
    expect(reasonsOf(offer("openai", "o1-pro", { input: "150", output: "600" }), { peers })).toEqual([]);
  });

  test("is not confirmed by other sellers of its own file", () => {
    const own = [offer("x", "o9", { input: "150", output: "600" }), offer("y", "o9", { input: "150", output: "600" })];
    expect(reasonsOf(offer("acme", "o9", { input: "150", output: "600" }), { own })).toEqual(["BOUND"]);
  });

  test("is confirmed by two other sellers of other sources, not by one", () => {
    const one = peer("models-dev", "x", "o9", { input: "150", output: "600" });
    const two = peer("openrouter", "y", "acme/o9", { input: "152", output: "605" });
    const candidate = offer("acme", "o9", { input: "150", output: "600" });
    expect(reasonsOf(candidate, { peers: [one] })).toEqual(["BOUND"]);
    expect(reasonsOf(candidate, { peers: [one, two] })).toEqual([]);
  });

  test.each([
    ["input and output swapped", { input: "15", output: "3" }],
    ["an output that is a hundred times the input", { input: "0.1", output: "10" }],
    ["a cache price ten times too high", { input: "3", output: "15", cache_read: "3.1" }],
    ["a cache price a thousand times too low", { input: "3", output: "15", cache_read: "0.0003" }],
    ["a cache write above twice the input", { input: "3", output: "15", cache_write: "9" }],
    ["reasoning far above the output", { input: "2", output: "10", reasoning: "190" }],
    ["audio far above the text", { input: "0.1", output: "0.4", input_audio: "40" }],
  ])("with %s is held by its shape", (_what, prices) => {
    expect(reasonsOf(offer("acme", "m", prices))).toEqual(["SHAPE"]);
  });

  test("three times away from the same seller in another catalogue is held, spelled differently or not", () => {
    const peers = [peer("models-dev", "amazon-bedrock", "anthropic.claude-x-4-6", { input: "3", output: "15" })];
    expect(
      reasonsOf(offer("bedrock", "us.anthropic.claude-x-4.6-v1:0", { input: "9", output: "45" }), { peers }),
    ).toContain("PEER_SAME");
    expect(
      reasonsOf(offer("bedrock", "anthropic.claude-x-4-6-v1:0", { input: "3.3", output: "16.5" }), { peers }),
    ).toEqual([]);
  });

  test("ten times away from the nearest of two other sellers is held; of one, as a whole or from fifty times on", () => {
    const x = peer("models-dev", "x", "open-model", { input: "0.2", output: "0.6" });
    const y = peer("openrouter", "y", "vendor/open-model", { input: "0.3", output: "0.8" });
    expect(reasonsOf(offer("acme", "open-model", { input: "3", output: "8" }), { peers: [x, y] })).toEqual([
      "PEER_FAR",
    ]);
    expect(reasonsOf(offer("acme", "open-model", { input: "3", output: "8" }), { peers: [x] })).toEqual(["PEER_FAR"]);
    expect(reasonsOf(offer("acme", "open-model", { input: "3", output: "5" }), { peers: [x] })).toEqual([]);
    expect(reasonsOf(offer("acme", "open-model", { input: "11", output: "5.5" }), { peers: [x] })).toContain(
      "PEER_FAR",
    );
  });

  test("five times away from the same seller's other spelling of the model is held, in the same payload too", () => {
    const own = [offer("bedrock", "meta.llama-x-v1:0", { input: "0.3", output: "0.6" })];
    expect(reasonsOf(offer("bedrock", "us.meta.llama-x-v1:0", { input: "3", output: "6" }), { own })).toEqual([
      "PEER_SAME",
    ]);
    expect(reasonsOf(offer("bedrock", "us.meta.llama-x-v1:0", { input: "0.6", output: "1.2" }), { own })).toEqual([]);
  });

  test("that one catalogue contradicts passes when another has the same seller at the same price", () => {
    const other = peer("models-dev", "dashscope", "qwen-x", { input: "0.5", output: "2" });
    const agreeing = peer("openrouter", "alibaba", "qwen-x", { input: "0.15", output: "0.6" });
    const candidate = offer("dashscope", "qwen-x", { input: "0.15", output: "0.6" });
    expect(reasonsOf(candidate, { peers: [other] })).toEqual(["PEER_SAME"]);
    expect(reasonsOf(candidate, { peers: [other, agreeing] })).toEqual([]);
  });

  test.each([
    ["a hundred times too dear for a small model", "acme-mini", "input/token", "0.00006"],
    ["for reranking what only a large model asks", "rerank-3", "input/token", "0.000005"],
    ["a hundred times too dear by the second of speech", "whisper-9", "input/second", "0.1"],
    ["per hundred searches stored as per search", "search-1", "search/search", "5"],
    ["a hundred times too dear by the pixel", "draw-1", "input/pixel", "0.00002"],
    ["per hundred pages stored as per page", "ocr-1", "ocr/page", "1"],
    ["of $40 an image", "draw-2", "output_image/image", "40"],
  ])("that is %s is held by its bound", (_what, model, line, usd) => {
    const [meter = "", unit = ""] = line.split("/");
    const charge = { meter: meter as Meter, unit: unit as Charge["unit"], amount: decimal(usd) };
    expect(reasonsOf({ ...offer("acme", model, {}), charges: [charge] })).toEqual(["BOUND"]);
    const right = { ...charge, amount: shiftPoint(charge.amount, -2) };
    expect(reasonsOf({ ...offer("acme", model, {}), charges: [right] })).toEqual([]);
  });

  test("of capacity that is reserved by the month may cost by the second what speech may not", () => {
    const charges: Charge[] = [{ meter: "input", unit: "second", amount: decimal("0.04") }];
    const reserved = "us-east-1/1-month-commitment/anthropic.claude-x";
    expect(reasonsOf({ ...offer("bedrock", reserved, {}), charges })).toEqual([]);
    expect(reasonsOf({ ...offer("bedrock", "claude-x", {}), charges })).toEqual(["BOUND"]);
  });

  test("a quarter away from its maker's own is held at clouds that resell it, whoever agrees", () => {
    const maker = peer("models-dev", "anthropic", "claude-x-5", { input: "3", output: "15" });
    const others = ["x", "y"].map((seller) => peer("openrouter", seller, "claude-x-5", { input: "4", output: "20" }));
    const candidate = offer("bedrock", "anthropic.claude-x-5-v1:0", { input: "4", output: "20" });
    expect(reasonsOf(candidate, { peers: [maker, ...others] })).toEqual(["MAKER_DIFF"]);
    expect(
      reasonsOf(offer("bedrock", "eu.anthropic.claude-x-5-v1:0", { input: "3.3", output: "16.5" }), { peers: [maker] }),
    ).toEqual([]);
    expect(reasonsOf(offer("reseller", "claude-x-5", { input: "4", output: "20" }), { peers: [maker] })).toEqual([]);
  });

  test("of a region that nobody else states is compared with what others ask without one", () => {
    const others = [peer("b", "bedrock", "claude-x", { input: "3", output: "15" })];
    const regional = { variant: "region=us-east-1" };
    expect(
      reasonsOf(offer("bedrock", "claude-x", { input: "3.3", output: "16.5" }, regional), { peers: others }),
    ).toEqual([]);
    expect(
      reasonsOf(offer("bedrock", "claude-x", { input: "10", output: "50" }, regional), { peers: others }),
    ).toContain("PEER_SAME");
    const batch = { variant: "batch+region=us-east-1" };
    expect(
      reasonsOf(offer("bedrock", "claude-x", { input: "30", output: "150" }, batch), {
        own: [offer("bedrock", "claude-x", { input: "3", output: "15" })],
      }),
    ).not.toEqual([]);
  });

  test("a field that can't be read holds the whole offer", () => {
    const faults = [{ path: "m.output", reason: "not_a_number" as const, detail: "soon" }];
    expect(reasonsOf(offer("acme", "m", { input: "3" }, { faults }))).toEqual(["BAD_FIELD"]);
  });

  test("priority may cost twice as much, not fifty times; batch may not cost more", () => {
    const base = offer("openai", "gpt-mini", { input: "0.05", output: "0.4" });
    const variant = (name: string, input: string) => ({ ...offer("openai", "gpt-mini", { input }), variant: name });
    expect(reasonsOf(variant("priority", "0.1"), { own: [base] })).toEqual([]);
    expect(reasonsOf(variant("priority", "2.5"), { own: [base] })).toEqual(["SHAPE"]);
    expect(reasonsOf(variant("batch", "0.025"), { own: [base] })).toEqual([]);
    expect(reasonsOf(variant("batch", "0.5"), { own: [base] })).toEqual(["SHAPE"]);
  });
});

describe("a change", () => {
  const before = { input: "3", output: "15" };

  test("more than five times up or ten times down is held; four times up and nine times down are not", () => {
    const changed = (input: string, output: string) => offer("acme", "m", { input, output }, previous(before));
    expect(reasonsOf(changed("16", "76"))).toEqual(["JUMP"]);
    expect(reasonsOf(changed("12", "60"))).toEqual([]);
    expect(reasonsOf(changed("0.29", "1.4"))).toEqual(["JUMP"]);
    expect(reasonsOf(changed("0.34", "1.7"))).toEqual([]);
  });

  test("that other sources confirm passes however far it jumps", () => {
    const peers = [peer("models-dev", "acme", "m", { input: "0.15", output: "0.75" })];
    expect(reasonsOf(offer("acme", "m", { input: "0.15", output: "0.75" }, previous(before)), { peers })).toEqual([]);
  });

  test("that heals an implausible price passes", () => {
    const wrong = previous({ input: "3000000", output: "15000000" });
    expect(reasonsOf(offer("acme", "m", before, wrong))).toEqual([]);
  });

  test("to zero, or to no price at all, is held; from unknown to a price is not", () => {
    expect(reasonsOf(offer("acme", "m", { input: "0", output: "0" }, { state: "free", ...previous(before) }))).toEqual([
      "TO_ZERO",
    ]);
    expect(reasonsOf(offer("acme", "m", { input: "3", output: "0" }, previous(before)))).toEqual(["TO_ZERO"]);
    expect(reasonsOf({ ...offer("acme", "m", {}, previous(before)), state: "unknown" })).toEqual(["TO_UNKNOWN"]);
    expect(reasonsOf({ ...offer("acme", "m", {}), state: "unknown" })).toEqual([]);
    expect(reasonsOf(offer("acme", "m", before, { previous: { state: "unknown", charges: [] } }))).toEqual([]);
  });

  test("that loses its input or its output is held, whatever other sources say", () => {
    const only = (prices: PerMillion) => offer("acme", "m", prices, previous(before));
    expect(judge(only({ input: "3" }))).toMatchObject({
      reasons: ["TO_UNKNOWN"],
      findings: [{ words: expect.stringContaining("output $15.00 per 1M tokens was its price") }],
    });
    expect(reasonsOf(only({ output: "15" }))).toEqual(["TO_UNKNOWN"]);
    expect(reasonsOf(only({ cache_read: "0.3" }))).toContain("TO_UNKNOWN");
    const stating = ["acme", "x", "y"].map((seller) => peer("models-dev", seller, "m", before));
    const silent = ["acme", "x", "y"].map((seller) => peer("models-dev", seller, "m", { input: "3" }));
    for (const peers of [stating, silent]) expect(reasonsOf(only({ input: "3" }), { peers })).toEqual(["TO_UNKNOWN"]);
  });

  test("that bills its input or its output by another unit is held, with the price that it names now", () => {
    const bySecond: Charge = { meter: "output", unit: "second", amount: decimal("0.0001") };
    const moved = { ...offer("acme", "m", {}, previous(before)), charges: [...sheet({ input: "3" }), bySecond] };
    expect(judge(moved)).toMatchObject({
      reasons: ["TO_UNKNOWN"],
      findings: [{ words: expect.stringContaining("the source now says output $0.0001 per second") }],
    });
    const back = { ...offer("acme", "m", before), previous: { state: "priced" as const, charges: moved.charges } };
    expect(reasonsOf(back)).toEqual(["TO_UNKNOWN"]);
  });

  test("that moves to another unit passes when others ask the same by that unit, and nothing by the old one", () => {
    const byPixel: Charge = { meter: "input", unit: "pixel", amount: decimal("0.00000004") };
    const moved = offer("acme", "draw-1", { input: "5" }, { previous: { state: "priced", charges: [byPixel] } });
    const asking = (seller: string, usd: string, more: Charge[] = []): PeerOffer => {
      const other = peer("models-dev", seller, "draw-1", { input: usd });
      return { ...other, charges: [...other.charges, ...more] };
    };
    expect(reasonsOf(moved)).toEqual(["TO_UNKNOWN"]);
    expect(reasonsOf(moved, { peers: [asking("x", "5")] })).toEqual(["TO_UNKNOWN"]);
    expect(reasonsOf(moved, { peers: [asking("acme", "5")] })).toEqual([]);
    expect(reasonsOf(moved, { peers: [asking("x", "5"), asking("y", "5.1")] })).toEqual([]);
    expect(reasonsOf(moved, { peers: [asking("acme", "6")] })).toEqual(["TO_UNKNOWN"]);
    expect(reasonsOf(moved, { peers: [asking("acme", "5", [byPixel])] })).toEqual(["TO_UNKNOWN"]);
  });

  test("that moves its output into a tier or a time of day alone has lost it", () => {
    const above: Charge = { meter: "output", unit: "token", amount: decimal("0.000015"), tier: { above: 200_000 } };
    const tiered = { ...offer("acme", "m", {}, previous(before)), charges: [...sheet({ input: "3" }), above] };
    expect(reasonsOf(tiered)).toEqual(["TO_UNKNOWN"]);
  });

  test("that loses another meter, or an output that cost nothing, is not held", () => {
    const cached = previous({ ...before, cache_read: "0.3", reasoning: "15" });
    expect(reasonsOf(offer("acme", "m", before, cached))).toEqual([]);
    expect(reasonsOf(offer("acme", "m", { input: "3" }, previous({ input: "3", output: "0" })))).toEqual([]);
  });

  test("in a payload that lost too much is held, and a first price in it is not", () => {
    expect(
      reasonsOf(offer("acme", "m", { input: "2", output: "15" }, previous(before)), { isVanishing: true }),
    ).toEqual(["VANISH"]);
    expect(reasonsOf(offer("acme", "m", before), { isVanishing: true })).toEqual([]);
  });

  test("that the same seller's other catalogue, or another spelling, has not followed yet is not held for that", () => {
    const halved = offer("acme", "m-x", { input: "0.9", output: "4.5" }, previous(before));
    expect(reasonsOf(halved, { peers: [peer("models-dev", "acme", "m-x", before)] })).toEqual([]);
    expect(
      reasonsOf(offer("acme", "us/m-x", { input: "0.5", output: "2.5" }, previous(before)), {
        own: [offer("acme", "m-x", before)],
      }),
    ).toEqual([]);
    expect(reasonsOf(halved, { peers: [peer("models-dev", "acme", "m-x", { input: "0.3", output: "1.5" })] })).toEqual([
      "PEER_SAME",
    ]);
  });

  test("that the maker's other catalogue has not followed yet is not held for that", () => {
    const peers = [peer("models-dev", "anthropic", "claude-x-5", before)];
    expect(
      reasonsOf(offer("anthropic", "claude-x-5", { input: "2", output: "10" }, previous(before)), { peers }),
    ).toEqual([]);
  });
});

test("a source's thresholds hold for it, within limits that never switch the guard off", () => {
  const rules = mergeGuardRules({ inputBound: 200, outputBound: 800 });
  expect(reasonsOf(offer("openai", "o1-pro", { input: "150", output: "600" }), { rules })).toEqual([]);
  expect(() => mergeGuardRules({ inputBound: 1_000_000 })).toThrow();
  expect(() => mergeGuardRules({ off: true })).toThrow();
  expect(mergeGuardRules({ vanish: { sellerLeast: 9 } }).vanish).toMatchObject({ sellerLeast: 9, payloadLeast: 5 });
});

test("a reseller's flapping price is compared with a router's at a longer distance", () => {
  const peers = [peer("openrouter", "openrouter", "z-ai/glm-x", { input: "0.3", output: "1" })];
  expect(reasonsOf(offer("openrouter", "z-ai/glm-x", { input: "1.1", output: "3.9" }), { peers })).toEqual([]);
  expect(reasonsOf(offer("openrouter", "z-ai/glm-x", { input: "4", output: "12" }), { peers })).toEqual(["PEER_SAME"]);
});

test("an id that means the newest model is compared at a longer distance, and with its maker's not at all", () => {
  const peers = ["x", "y"].map((seller) => peer("models-dev", seller, "deepseek-chat", { input: "0.3", output: "1" }));
  const chat = (input: string, output: string) => offer("deepseek", "deepseek-chat", { input, output });
  expect(reasonsOf(chat("3.3", "11"), { peers })).toEqual([]);
  expect(reasonsOf(chat("30", "100"), { peers })).toEqual(["PEER_FAR"]);
  const maker = peer("models-dev", "deepseek", "deepseek-chat", { input: "0.6", output: "2" });
  expect(reasonsOf(chat("0.3", "1"), { peers: [maker] })).toEqual([]);
  expect(reasonsOf(chat("6", "20"), { peers: [maker] })).toEqual(["PEER_SAME"]);
});

// Down to the smallest amounts that a text can hold, though no source can bring the finest of them any more.
const amount = fc
  .tuple(
    fc.integer({ min: 1, max: 999 }),
    fc.oneof(fc.integer({ min: -12, max: 0 }), fc.integer({ min: -60, max: -13 })),
  )
  .map(([n, e]) => decimal(`${n}e${e}`));
const charges = fc
  .record({ input: amount, output: amount, cache_read: amount }, { requiredKeys: ["input"] })
  .map((prices) =>
    Object.entries(prices).map(([meter, price]): Charge => ({ meter: meter as Meter, unit: "token", amount: price })),
  );

test("what is priced and did not change is never held, whatever it costs", () => {
  fc.assert(
    fc.property(charges, (lines) => {
      const candidate: Candidate = { seller: "s", model: "m", variant: "default", state: "priced", charges: lines };
      expect(judge({ ...candidate, previous: candidate }).outcome).toBe("apply");
    }),
  );
});

test("a change that takes a base line away, or sets it to 0, is never applied, whoever else states what", () => {
  const drawn = fc.record({ input: amount, output: amount, cache_read: amount }, { requiredKeys: [] });
  const kept = fc.record({ input: fc.nat({ max: 2 }), output: fc.nat({ max: 2 }) });
  fc.assert(
    fc.property(drawn, kept, fc.nat({ max: 3 }), fc.boolean(), (prices, keep, others, isStated) => {
      const linesOf = (one: Readonly<Record<string, Decimal>>) =>
        Object.entries(one).map(([meter, price]): Charge => ({ meter: meter as Meter, unit: "token", amount: price }));
      const then = linesOf(prices);
      // Of each base line: kept, gone, or 0.
      const now = then.flatMap((charge): Charge[] => {
        const fate = charge.meter === "input" || charge.meter === "output" ? keep[charge.meter] : 0;
        return fate === 0 ? [charge] : fate === 1 ? [] : [{ ...charge, amount: decimal("0") }];
      });
      const isPaid = now.some((charge) => charge.amount !== "0");
      const candidate: Candidate = {
        ...offer("s", "m", {}),
        state: isPaid ? "priced" : "unknown",
        charges: isPaid ? now : [],
        previous: { state: then.length > 0 ? "priced" : "unknown", charges: then },
      };
      const peers = Array.from({ length: others }, (_, index) => ({
        ...peer("models-dev", index === 0 ? "s" : `s${index}`, "m", {}),
        charges: isStated ? then : now,
      }));
      const isLost = then.some(({ meter }) => (meter === "input" || meter === "output") && keep[meter] !== 0);
      expect(judge(candidate, { peers }).outcome).toBe(isLost ? "hold" : "apply");
    }),
  );
});

test("a price that falls to next to nothing is held, however small the amount is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 13, max: 60 }), fc.integer({ min: 1, max: 9 }), (places, digit) => {
      const tiny = sheet({ input: decimal(`${digit}e-${places}`), output: decimal(`${digit}e-${places}`) });
      const candidate: Candidate = { seller: "s", model: "m", variant: "default", state: "priced", charges: tiny };
      expect(judge({ ...candidate, ...previous({ input: "1", output: "4" }) }).outcome).toBe("hold");
      expect(judge(candidate).outcome).toBe("hold");
    }),
  );
});

test("an error of a million times is always held, first price or change, alone or among others", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), fc.boolean(), (cents, isChange) => {
      const price = (usd: Decimal) => sheet({ input: usd, output: multiply(usd, decimal("4")) });
      const right = decimal(`${cents}e-2`);
      const wrong = price(multiply(right, decimal("1e6")));
      const candidate: Candidate = { seller: "s", model: "m", variant: "default", state: "priced", charges: wrong };
      const before = isChange ? { previous: { state: "priced" as const, charges: price(right) } } : {};
      expect(judge({ ...candidate, ...before }).outcome).toBe("hold");
    }),
  );
});

describe("a variant under conditions", () => {
  const usual = { input: "3", output: "15" };
  const as = (variant: string, prices: PerMillion) => offer("bedrock", "m", prices, { variant });

  test("is compared in a region with what the same seller asks without one, and elsewhere", () => {
    const base = as("default", usual);
    const tenfold = { input: "30", output: "150" };
    expect(reasonsOf(as("region=us-gov-east-1", tenfold), { own: [base] })).toEqual(["PEER_SAME"]);
    expect(reasonsOf(base, { own: [as("region=us-gov-east-1", tenfold)] })).toEqual(["PEER_SAME"]);
    const alsoWrong = as("region=us-gov-west-1", tenfold);
    expect(reasonsOf(as("region=us-gov-east-1", tenfold), { own: [base, alsoWrong] })).toEqual(["PEER_SAME"]);
    expect(reasonsOf(as("region=us", { input: "3.3", output: "16.5" }), { own: [base] })).toEqual([]);
    expect(reasonsOf(as("region=us", tenfold), { peers: [peer("other", "bedrock", "m", usual)] })).toContain(
      "PEER_SAME",
    );
  });

  test("is no sibling of another tier or speed", () => {
    const base = as("default", usual);
    expect(reasonsOf(as("speed=fast", { input: "18", output: "90" }), { own: [base] })).toEqual([]);
  });

  test("may cost at a speed what it may cost with priority, and not without bounds", () => {
    const dear = { input: "66", output: "330", cache_write: "66" };
    expect(reasonsOf(as("region=us+speed=fast", dear))).toEqual([]);
    expect(reasonsOf(as("priority", dear))).toEqual([]);
    expect(reasonsOf(as("region=us", dear))).toEqual(["BOUND"]);
    expect(reasonsOf(as("speed=fast", { input: "6600000", output: "33000000" }))).toEqual(["BOUND"]);
  });

  test("is measured at a tier by the default tier under the same conditions, else by the default", () => {
    const base = as("default", usual);
    const dearRegion = as("region=eu", { input: "6", output: "30" });
    const batch = as("batch+region=eu", { input: "4", output: "20" });
    expect(reasonsOf(batch, { own: [base] })).toEqual(["SHAPE"]);
    expect(reasonsOf(batch, { own: [base, dearRegion] })).toEqual([]);
    expect(reasonsOf(as("batch+region=eu", { input: "0.03", output: "0.15" }), { own: [base] })).toContain("SHAPE");
  });
});
