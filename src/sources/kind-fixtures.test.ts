import { expect, test } from "vitest";
import { chargeKey, type Charge } from "#/price/charge.ts";
import type { Offer } from "#/price/offer.ts";
import { SOURCE_KINDS } from "#/sources/adapter.ts";
import { KIND_FIXTURES } from "#/sources/kind-fixtures.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { parsePayload } from "#/sources/parse-payload.ts";

const CONTEXT = { observedAt: "2026-08-01T00:00:00Z" };

const linesOf = (charges: readonly Charge[]) =>
  charges.map((charge) => `${chargeKey(charge)} ${charge.amount}`).join("; ");

function describeOffer({ seller, model, variant, state, charges, upcoming = [], discount, faults }: Offer): string {
  return [
    `${seller} ${model} ${variant}: ${state}`,
    ...(charges.length > 0 ? [linesOf(charges)] : []),
    ...upcoming.map((ask) => `from ${ask.effectiveFrom}: ${linesOf(ask.charges)}`),
    ...(discount === undefined ? [] : [`list: ${linesOf(discount.listCharges)}`]),
    ...(faults === undefined ? [] : [`${faults.length} fault`]),
  ].join("; ");
}

test.each(KIND_FIXTURES.map((fixture) => [fixture.kind, fixture.name, fixture] as const))(
  "%s: %s",
  (kind, _name, fixture) => {
    const { document, options = {}, offers, facts = [], rejects = [] } = fixture;
    const outcome = adapterFor(kind).parse(JSON.stringify(document), { ...CONTEXT, options });
    if (!outcome.ok) throw new Error(outcome.problem.message);
    expect(outcome.sheet.offers.map(describeOffer)).toEqual(offers);
    expect(outcome.sheet.offers.flatMap(({ facts }) => (facts === undefined ? [] : [facts]))).toEqual(facts);
    expect(outcome.sheet.rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual(rejects);
  },
);

test.each(SOURCE_KINDS.map((kind) => [kind]))(
  "%s tells a web page, a cut answer and a strange root apart, and says so",
  (kind) => {
    const codeOf = (text: string) => {
      const outcome = adapterFor(kind).parse(text, CONTEXT);
      return outcome.ok ? "ok" : outcome.problem.code;
    };
    expect(codeOf("<html>Error page</html>")).toBe("not_json");
    expect(codeOf('{"data": [')).toBe("truncated");
    expect(codeOf("3")).toBe("wrong_root");
    expect(["empty", "wrong_root"]).toContain(codeOf("{}"));
    expect(["empty", "wrong_root"]).toContain(codeOf("[]"));
  },
);

test("a list that names models and no price says so, instead of being a book of unknowns", () => {
  const document = JSON.stringify({ data: [{ id: "one" }, { id: "two" }] });
  expect(parsePayload(adapterFor("fireworks"), document, CONTEXT)).toMatchObject({
    ok: false,
    problem: { code: "no_prices", message: expect.stringContaining("2 models and carries no prices") },
  });
});

test("lists in pages know where the next one is, and when there is none", () => {
  const together = adapterFor("together");
  expect(together.nextPage?.('{"data": [], "next_cursor": "c2"}', "https://x.example/list?limit=2")).toBe(
    "https://x.example/list?limit=2&cursor=c2",
  );
  expect(together.nextPage?.('{"data": [], "next_cursor": null}', "https://x.example/list")).toBeUndefined();
  const alibaba = adapterFor("alibaba");
  const page = '{"output": {"total": 150}}';
  expect(alibaba.nextPage?.(page, "https://x.example/m?page_no=1&page_size=100")).toBe(
    "https://x.example/m?page_no=2&page_size=100",
  );
  expect(alibaba.nextPage?.(page, "https://x.example/m?page_no=2&page_size=100")).toBeUndefined();
});
