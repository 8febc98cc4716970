"use client";

import { Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import type { OfferKey } from "#/price/offer.ts";
import { isNotFound } from "#/ui/feedback/describe-error.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { AsOfForm } from "#/ui/model/history/as-of-form.tsx";
import { asOfInstants, asOfWords, readAsOf } from "#/ui/model/history/as-of.model.ts";
import { ChartPanel } from "#/ui/model/chart/chart-panel.tsx";
import { HeldBanner } from "#/ui/model/prices/held-banner.tsx";
import { ModelHeading } from "#/ui/model/model-heading.tsx";
import { modelQueries } from "#/ui/model/model-queries.ts";
import { readView, ViewTabs } from "#/ui/model/model-views.tsx";
import classes from "#/ui/model/model.module.css";
import type { EffectivePrice, HeldPrice, PricedOffer } from "#/ui/model/price-answer.ts";
import { RateStrip } from "#/ui/model/prices/rate-strip.tsx";
import { otherSellers } from "#/ui/model/prices/sellers.model.ts";
import { SellersPanel } from "#/ui/model/prices/sellers-panel.tsx";
import { SourceTable } from "#/ui/model/prices/source-table.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const SELLERS_BESIDE = 7;

// Code of the views that a visit does not show is not loaded with the page.
const CalculatorPanel = dynamic(() =>
  import("#/ui/model/quote/calculator-panel.tsx").then((module) => module.CalculatorPanel),
);
const ChangesPanel = dynamic(() =>
  import("#/ui/model/history/changes-panel.tsx").then((module) => module.ChangesPanel),
);
const EvidencePanel = dynamic(() =>
  import("#/ui/model/prices/evidence-table.tsx").then((module) => module.EvidencePanel),
);

/** One model at one seller: what is in force and why, what each source says, how it went, and what can be done. */
export function ModelScreen(asked: OfferKey) {
  const trpc = useTRPC();
  const query = useSearchParams();
  const asOf = readAsOf(query);
  const isNow = asOfWords(asOf) === "";
  const { own: ownInput, everywhere, history, holds } = modelQueries(asked, asOf);
  const own = useQuery(trpc.prices.get.queryOptions(ownInput, { placeholderData: keepPreviousData }));
  const all = useQuery(trpc.prices.get.queryOptions(everywhere, { placeholderData: keepPreviousData }));
  const held = useQuery(trpc.review.list.queryOptions(holds));
  const { data: past } = useQuery(trpc.prices.history.queryOptions(history));
  const isAbsent = isNotFound(own.error);
  const found = isAbsent ? undefined : own.data;
  const rate = found?.effective[0];
  // The server knows every spelling of a seller; the price comes back under the seller's identity.
  const { seller, variant } = [rate, ...(found?.offers ?? []), ...(found?.pins ?? [])].find(Boolean) ?? asked;
  const offer = { ...asked, seller, variant };
  const ownHolds = (held.data?.holds ?? []).filter((hold) => hold.seller === seller && hold.variant === variant);
  const open = ownHolds.filter(({ state }) => state === "open");
  const others = otherSellers(all.data?.effective ?? [], offer);
  return (
    <Stack gap={12}>
      <ModelHeading offer={offer} rate={rate} isNow={isNow} />
      {(!isNow || query.get("time") !== null) && <AsOfForm asOf={asOf} />}
      {open.map((hold) => (
        <HeldBanner key={hold.id} hold={hold} />
      ))}
      {isAbsent ? (
        <NoPrice isNow={isNow} isHeld={open.length > 0} />
      ) : (
        <Loaded query={own} failed="The price could not be read" height={420}>
          {({ pins, offers }) => (
            <>
              {rate !== undefined && (
                <RateStrip
                  rate={rate}
                  pins={pins}
                  entry={past?.entries.find(({ effectiveAt }) => effectiveAt === rate.validFrom)}
                  isNow={isNow}
                />
              )}
              <div className={classes["columns"]}>
                <SourceTable rate={rate} offers={offers} />
                {others.length > 0 && <SellersPanel rates={others} most={SELLERS_BESIDE} />}
              </div>
            </>
          )}
        </Loaded>
      )}
      <ViewPart
        asked={asked}
        offer={offer}
        rate={rate}
        offers={found?.offers ?? []}
        holds={ownHolds}
        rates={all.data?.effective ?? []}
        at={asOfInstants(asOf).at}
      />
    </Stack>
  );
}

function NoPrice({ isNow, isHeld }: Readonly<{ isNow: boolean; isHeld: boolean }>) {
  if (!isNow)
    return <EmptyNote title="No price was known at that time">Choose a later time, or go back to now.</EmptyNote>;
  return (
    <EmptyNote title="No price is in force">
      {isHeld
        ? "The first price is held. Approve it to put it in force, or pin a price."
        : "Pin a price to set one by hand."}
    </EmptyNote>
  );
}

type ViewProps = Readonly<{
  /** As the address names it, which is how the history was asked for. */
  asked: OfferKey;
  offer: OfferKey;
  rate: EffectivePrice | undefined;
  offers: readonly PricedOffer[];
  holds: readonly HeldPrice[];
  rates: readonly EffectivePrice[];
  at: string | undefined;
}>;

function ViewPart({ asked, offer, rate, offers, holds, rates, at }: ViewProps) {
  const view = readView(useSearchParams());
  return (
    <>
      <ViewTabs current={view} />
      {view === "chart" && <ChartPanel offer={asked} holds={holds} />}
      {view === "changes" && <ChangesPanel offer={asked} />}
      {view === "calculator" && <CalculatorPanel offer={offer} rates={rates} at={at} />}
      {view === "sellers" && <SellersPanel rates={otherSellers(rates, offer)} />}
      {view === "evidence" && <EvidencePanel rate={rate} offers={offers} />}
    </>
  );
}
