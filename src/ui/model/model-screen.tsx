"use client";

import { Group, Skeleton, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import type { OfferKey } from "#/price/offer.ts";
import { sellerName } from "#/price/sellers.ts";
import { isNotFound } from "#/ui/feedback/describe-error.model.ts";
import { CopyText } from "#/ui/feedback/copy-text.tsx";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { AsOfForm } from "#/ui/model/as-of-form.tsx";
import { asOfInstants, readAsOf, type AsOfInput } from "#/ui/model/as-of.model.ts";
import { CalculatorPanel } from "#/ui/model/calculator-panel.tsx";
import { EffectivePanel } from "#/ui/model/effective-panel.tsx";
import { FactsPanel } from "#/ui/model/facts-panel.tsx";
import { HistoryPanel } from "#/ui/model/history-panel.tsx";
import { SourceOffer } from "#/ui/model/source-offer.tsx";
import { SiblingsPanel } from "#/ui/model/siblings-panel.tsx";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

export function ModelScreen({ seller, model, variant }: OfferKey) {
  const trpc = useTRPC();
  const query = useSearchParams();
  const asOf = readAsOf(query);
  // The server knows every spelling of a seller; the page's own price comes back under the seller's identity.
  const own = useQuery(
    trpc.prices.get.queryOptions(
      { model, seller, variant, ...asOfInstants(asOf) },
      { placeholderData: keepPreviousData },
    ),
  );
  const everywhere = useQuery(
    trpc.prices.get.queryOptions({ model, ...asOfInstants(asOf) }, { placeholderData: keepPreviousData }),
  );
  const { data, error, refetch } = own;
  const [effective] = data?.effective ?? [];
  const id = [effective, ...(data?.offers ?? []), ...(data?.pins ?? [])].find(Boolean)?.seller ?? seller;
  const rates = everywhere.data?.effective ?? [];
  return (
    <Stack gap="lg">
      <div>
        <Breadcrumb href="/prices" label="Prices" title={model} />
        <Group gap="xs" mt={4}>
          <Text c="dimmed">
            sold by {sellerName(id)}
            {variant !== "default" && `, variant ${variant}`}
          </Text>
          <CopyText value={model} what="the model id">
            <span />
          </CopyText>
        </Group>
      </div>
      <AsOfForm asOf={asOf} onChange={(next) => showAsOf(query, next)} />
      {data === undefined && error === null && <Skeleton h={260} />}
      {data === undefined && error !== null && !isNotFound(error) && (
        <ErrorNote title="The price could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {isNotFound(error) && (
        <EmptyNote title="No price of this is known">
          {isNow(asOf) ? error?.message : "Nothing had a price of it then."}{" "}
          {rates.length > 0 && "The same model at other sellers stands below."}
        </EmptyNote>
      )}
      {effective !== undefined && <EffectivePanel price={effective} pins={data?.pins ?? []} canPin={isNow(asOf)} />}
      {effective !== undefined && <FactsPanel facts={effective.facts} />}
      {effective !== undefined && effective.charges.length > 0 && (
        <CalculatorPanel price={effective} at={asOfInstants(asOf).at} />
      )}
      {data?.offers.map((offer) => (
        <SourceOffer key={`${offer.source} ${offer.listing.id}`} offer={offer} />
      ))}
      {data !== undefined && <HistoryPanel offer={{ seller: id, model, variant }} />}
      <SiblingsPanel rates={rates} current={{ seller: id, model, variant }} />
    </Stack>
  );
}

function isNow({ at, knownAt }: AsOfInput): boolean {
  return at === undefined && knownAt === undefined;
}

function showAsOf(query: URLSearchParams, asOf: AsOfInput): void {
  const next = new URLSearchParams(query);
  for (const name of ["at", "knownAt"]) next.delete(name);
  for (const [name, minute] of Object.entries(asOf)) next.set(name, minute);
  history.replaceState(null, "", `${location.pathname}${next.size === 0 ? "" : `?${next.toString()}`}`);
}
