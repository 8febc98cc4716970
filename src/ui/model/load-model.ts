import type { QueryClient } from "@tanstack/react-query";
import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { notFound } from "next/navigation";
import type { AppRouter } from "#/api/router.ts";
import type { OfferKey } from "#/price/offer.ts";
import { isNotFound } from "#/ui/feedback/describe-error.model.ts";
import type { AsOfInput } from "#/ui/model/history/as-of.model.ts";
import { modelQueries } from "#/ui/model/model-queries.ts";

type Asked = Readonly<{ offer: OfferKey; asOf: AsOfInput }>;

/**
 * What the page of a model shows first. A model that has no price at the instant asked about is still there when it has one
 * now, or when one is held; else the page answers 404.
 */
export function loadModel(
  trpc: TRPCOptionsProxy<AppRouter>,
  queries: QueryClient,
  { offer, asOf }: Asked,
): readonly Promise<unknown>[] {
  const { own, present, everywhere, history, holds } = modelQueries(offer, asOf);
  const held = queries.fetchQuery(trpc.review.list.queryOptions(holds));
  const isKnown = async () =>
    (await isPriced(queries.fetchQuery(trpc.prices.get.queryOptions(own)))) ||
    (await isPriced(queries.fetchQuery(trpc.prices.get.queryOptions(present)))) ||
    (await held).holds.some(({ seller, variant }) => seller === offer.seller && variant === offer.variant);
  return [
    refuseUnknown(isKnown()),
    isPriced(queries.fetchQuery(trpc.prices.get.queryOptions(everywhere))),
    queries.fetchQuery(trpc.prices.history.queryOptions(history)),
    queries.fetchQuery(trpc.prices.offerHistory.queryOptions(history)),
    held,
  ];
}

async function refuseUnknown(isKnown: Promise<boolean>): Promise<void> {
  if (!(await isKnown)) notFound();
}

/** Whether the answer has a price; any other failure than its absence goes on. */
async function isPriced(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
