import { expect, test } from "vitest";
import {
  compareSheets as compare,
  VANISH_DEFAULTS,
  type BookedOffer,
  type FingerprintedOffer,
} from "#/price/compare-sheets.ts";

function booked(seller: string, model: string, more: Partial<BookedOffer> = {}): BookedOffer {
  return {
    id: `${seller}/${model}`,
    seller,
    listedAs: seller,
    model,
    variant: "default",
    listing: model,
    fingerprint: "same",
    missedPayloads: 0,
    isDelisted: false,
    staleSince: null,
    stalePayloads: 0,
    ...more,
  };
}

const AT = "2026-08-01T00:00:00Z";

function compareSheets(book: readonly BookedOffer[], offers: readonly FingerprintedOffer[], observedAt = AT) {
  return compare(book, offers, { observedAt, vanish: VANISH_DEFAULTS });
}

function offered(seller: string, model: string, fingerprint = "same"): FingerprintedOffer {
  return {
    seller,
    listedAs: seller,
    model,
    variant: "default",
    listing: model,
    state: "priced",
    charges: [],
    fingerprint,
  };
}

function models(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `m${index}`);
}

test("new, changed, unchanged, returned and missing are told apart", () => {
  const book = [
    booked("a", "kept"),
    booked("a", "moved"),
    booked("a", "back", { missedPayloads: 2 }),
    booked("a", "gone"),
    booked("b", "x"),
  ];
  const offers = [
    offered("a", "kept"),
    offered("a", "moved", "other"),
    offered("a", "back"),
    offered("a", "fresh"),
    offered("b", "x"),
  ];
  const result = compareSheets(book, offers);
  expect(result.created.map((offer) => offer.model)).toEqual(["fresh"]);
  expect(result.changed).toMatchObject([{ id: "a/moved", fingerprint: "other" }]);
  expect(result.unchanged).toBe(3);
  expect(result.returned.map((row) => row.model)).toEqual(["back"]);
  expect(result.missing.map((row) => row.model)).toEqual(["gone"]);
  expect(result).not.toHaveProperty("collapsed");
});

test("one model at two sellers is two offers", () => {
  const result = compareSheets([booked("a", "m")], [offered("a", "m"), offered("b", "m")]);
  expect(result).toMatchObject({ unchanged: 1, created: [{ seller: "b" }] });
});

test("a seller that loses more than a fifth and at least three is a gap; a fifth, or two, is not", () => {
  const filler = models(100).map((model) => booked("big", model));
  const lose = (count: number, of: number) => {
    const book = [...filler, ...models(of).map((model) => booked("s", model))];
    const offers = [
      ...models(100).map((model) => offered("big", model)),
      ...models(of)
        .slice(count)
        .map((model) => offered("s", model)),
    ];
    return compareSheets(book, offers).coverageGaps;
  };
  expect(lose(3, 14)).toEqual([{ seller: "s", before: 14, lost: 3 }]);
  expect(lose(3, 15)).toEqual([]);
  expect(lose(2, 4)).toEqual([]);
});

test("losing more than half of everything collapses the payload; exactly half does not", () => {
  const book = models(10).map((model) => booked("a", model));
  const keep = (count: number) =>
    compareSheets(
      book,
      models(count).map((model) => offered("a", model)),
    ).collapsed;
  expect(keep(4)).toEqual({ before: 10, after: 4 });
  expect(keep(5)).toBeUndefined();
});

test("what was missing already does not count against a seller again", () => {
  const book = models(10).map((model, index) => booked("a", model, { missedPayloads: index < 6 ? 1 : 0 }));
  const result = compareSheets(
    book,
    models(10)
      .slice(6)
      .map((model) => offered("a", model)),
  );
  expect(result.missing).toHaveLength(6);
  expect(result.coverageGaps).toEqual([]);
  expect(result.isVanishing).toBe(false);
  expect(result.collapsed).toBeUndefined();
});

test("the first payload of a source is no collapse", () => {
  expect(compareSheets([], [offered("a", "m")]).collapsed).toBeUndefined();
});

const TWENTY = models(20).map((model) => booked("s", model));
const FILLER = models(500).map((model) => booked("big", model));
const offersOf = (rows: readonly BookedOffer[]) => rows.map(({ seller, model }) => offered(seller, model));

test("a seller that loses a fifth and at least five makes the whole payload doubtful, and its models stale, not missing", () => {
  const result = compareSheets([...FILLER, ...TWENTY], [...offersOf(FILLER), ...offersOf(TWENTY.slice(5))]);
  expect(result.isVanishing).toBe(true);
  expect(result.stale).toHaveLength(5);
  expect(result.missing).toEqual([]);
  const four = compareSheets([...FILLER, ...TWENTY], [...offersOf(FILLER), ...offersOf(TWENTY.slice(4))]);
  expect(four).toMatchObject({ isVanishing: false, stale: [] });
  expect(four.missing).toHaveLength(4);
});

test("a payload that loses two in a hundred, spread over sellers, is doubtful too", () => {
  const book = models(500).map((model, index) => booked(`s${index % 50}`, model));
  expect(compareSheets(book, offersOf(book.slice(10)))).toMatchObject({ isVanishing: true, missing: [] });
  expect(compareSheets(book, offersOf(book.slice(9)))).toMatchObject({ isVanishing: false, stale: [] });
});

test("twenty models gone at once are stale however large the payload, and its price changes are still believed", () => {
  const sellers = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const book = sellers.flatMap((seller) => models(100).map((model) => booked(seller, model)));
  const without = (count: number) =>
    compareSheets(
      book,
      book
        .filter(({ model, seller }) => model !== "m0" || Number(seller.slice(1)) >= count)
        .map((row) => offered(row.seller, row.model)),
    );
  expect(without(19)).toMatchObject({ missing: { length: 19 }, stale: [], isVanishing: false });
  expect(without(20)).toMatchObject({ missing: [], stale: { length: 20 }, isVanishing: false });
  expect(without(20).coverageGaps).toEqual([{ seller: null, before: 4_000, lost: 20 }]);
});

test("a loss that lasts 48 hours and two payloads is believed", () => {
  const gone = (hoursAgo: number, stalePayloads: number) =>
    TWENTY.slice(0, 6).map((row) => ({
      ...row,
      staleSince: new Date(Date.parse(AT) - hoursAgo * 3_600_000).toISOString(),
      stalePayloads,
    }));
  const judge = (rows: readonly BookedOffer[]) =>
    compareSheets([...FILLER, ...rows, ...TWENTY.slice(6)], [...offersOf(FILLER), ...offersOf(TWENTY.slice(6))]);
  expect(judge(gone(48, 1))).toMatchObject({ isVanishing: false, stale: [], missing: { length: 6 } });
  expect(judge(gone(47, 5))).toMatchObject({ isVanishing: true, missing: [], stale: { length: 6 } });
  expect(judge(gone(480, 0))).toMatchObject({ isVanishing: true, missing: [], stale: { length: 6 } });
});

test("what was delisted is back as the same offer, even at the same price", () => {
  const row = booked("a", "m", { isDelisted: true, missedPayloads: 3 });
  expect(compareSheets([row], [offered("a", "m")])).toMatchObject({ relisted: [{ model: "m" }], unchanged: 0 });
  expect(compareSheets([row, booked("a", "n")], [offered("a", "n")]).missing).toEqual([]);
});
