"use client";

import { Group, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { meterWords, priceWithUnit, usd, conditionWords } from "#/price/charge-words.ts";
import type { OfferKey } from "#/price/offer.ts";
import type { QuotableRate, Quote } from "#/price/quote.ts";
import { readCharges } from "#/price/read-charges.ts";
import { isNotFound } from "#/ui/feedback/describe-error.model.ts";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { calculate, calculatorFields, type Calculation } from "#/ui/model/quote/calculator.model.ts";
import { instantOfLocalMinute, localMinuteOf, zoneName } from "#/ui/time/local-minute.model.ts";
import type { EffectivePrice } from "#/ui/model/price-answer.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { useNow } from "#/ui/time/now.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

type Props = Readonly<{
  /** The rate of the page, at the instant that the page is about. */
  offer: OfferKey;
  rates: readonly EffectivePrice[];
  /** ISO 8601; now when absent. */
  at: string | undefined;
}>;

/** What one request costs, and a thousand of them: at any seller of the model, at any instant. */
export function CalculatorPanel({ offer, rates, at }: Props) {
  const { model } = offer;
  const own = nameOf(offer);
  const [chosen, setChosen] = useState(own);
  const [minute, setMinute] = useState(at === undefined ? "" : localMinuteOf(at));
  const instant = instantOfLocalMinute(minute);
  const { seller, variant } = rates.find((rate) => nameOf(rate) === chosen) ?? offer;
  const names = [...new Set([own, ...rates.map(nameOf)])];
  const price = useQuery({
    ...useTRPC().prices.get.queryOptions({ model, seller, variant, ...(instant === undefined ? {} : { at: instant }) }),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title="What a request costs">
      <Stack gap="sm">
        <Group gap="sm">
          <NativeSelect
            size="xs"
            label="Seller"
            data={names}
            value={chosen}
            onChange={({ currentTarget: { value } }) => setChosen(value)}
          />
          <TextInput
            size="xs"
            type="datetime-local"
            label={`At (${zoneName()}), now when empty`}
            value={minute}
            onChange={({ currentTarget: { value } }) => setMinute(value)}
          />
        </Group>
        {isNotFound(price.error) ? (
          <Text size="sm" role="status">
            No price of {seller} was known then.
          </Text>
        ) : (
          <Loaded query={price} failed="The price could not be read" height={120}>
            {({ effective: [rate] }) =>
              rate === undefined || rate.charges.length === 0 ? (
                <Text size="sm" role="status">
                  {seller} has no price {instant === undefined ? "now" : "at that time"}, so the cost is not known.
                </Text>
              ) : (
                <Calculator price={rate} at={instant} />
              )
            }
          </Loaded>
        )}
      </Stack>
    </Panel>
  );
}

function nameOf({ seller, variant }: Pick<OfferKey, "seller" | "variant">): string {
  return variant === "default" ? seller : `${seller}, ${variant}`;
}

function Calculator({ price, at }: { price: EffectivePrice; at: string | undefined }) {
  const { seller, model, variant, state, charges } = price;
  const now = useNow();
  const rate = useMemo((): QuotableRate => {
    return { seller, model, variant, state, charges: readCharges(charges) };
  }, [seller, model, variant, state, charges]);
  const fields = useMemo(() => calculatorFields(rate.charges), [rate]);
  const [changed, setChanged] = useState<Readonly<Record<string, string>>>({});
  const typed = Object.fromEntries(fields.map(({ key, start }) => [key, changed[key] ?? start]));
  const result = calculate(rate, typed, at ?? new Date(now).toISOString());
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 3, md: 5 }} spacing="sm">
        {fields.map(({ key, label }) => (
          <TextInput
            key={key}
            label={label}
            inputMode="decimal"
            size="xs"
            value={typed[key] ?? ""}
            error={result?.outcome === "unreadable" && result.key === key ? "A number from 0 on" : undefined}
            onChange={({ currentTarget: { value } }) => setChanged({ ...changed, [key]: value })}
          />
        ))}
      </SimpleGrid>
      {result?.outcome === "quoted" && <Result result={result} />}
    </>
  );
}

function Result({ result: { quote, perThousand } }: { result: Extract<Calculation, { outcome: "quoted" }> }) {
  return (
    <>
      {quote.lines.length > 0 && <Lines quote={quote} />}
      <Text size="sm" role="status">
        {quote.total === null || perThousand === null ? (
          `Not known: there is no price for ${quote.unpriced.join(", ")} now.`
        ) : (
          <>
            <b>{usd(quote.total)}</b> a request, <b>{usd(perThousand)}</b> for 1,000 requests
          </>
        )}
      </Text>
    </>
  );
}

function Lines({ quote }: { quote: Quote }) {
  return (
    <DataTable
      label="The cost of a request, line by line"
      columns={COLUMNS}
      rows={quote.lines}
      rowKey={({ meter, unit }) => `${meter} ${unit}`}
    />
  );
}

const COLUMNS: readonly Column<Quote["lines"][number]>[] = [
  { id: "used", head: "Used", cell: ({ meter }) => meterWords(meter) },
  { id: "units", head: "Units", align: "right", cell: ({ units }) => units },
  { id: "charge", head: "Charge", grows: true, cell: ({ charge }) => chargeText(charge) },
  { id: "cost", head: "Cost, USD", align: "right", cell: ({ cost }) => <b>{usd(cost)}</b> },
];

function chargeText(charge: Quote["lines"][number]["charge"]): string {
  const condition = conditionWords(charge);
  return condition === "" ? priceWithUnit(charge) : `${priceWithUnit(charge)}, ${condition}`;
}
