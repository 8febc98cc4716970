"use client";

import { SimpleGrid, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { meterWords, priceWithUnit, usd, conditionWords } from "#/price/charge-words.ts";
import type { QuotableRate, Quote } from "#/price/quote.ts";
import { readCharges } from "#/price/read-charges.ts";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { calculate, calculatorFields, type Calculation } from "#/ui/model/calculator.model.ts";
import type { EffectivePrice } from "#/ui/model/effective-panel.tsx";
import { useNow } from "#/ui/time/now.tsx";

type Props = Readonly<{
  price: EffectivePrice;
  /** The instant that the page is about, ISO 8601; now when absent. */
  at: string | undefined;
}>;

/** What one request costs by the price that counts, and a thousand of them. */
export function CalculatorPanel({ price, at }: Props) {
  const { seller, model, variant, state, charges } = price;
  const now = useNow();
  const rate = useMemo((): QuotableRate => {
    return { seller, model, variant, state, charges: readCharges(charges) };
  }, [seller, model, variant, state, charges]);
  const fields = useMemo(() => calculatorFields(rate.charges), [rate]);
  const [changed, setChanged] = useState<Readonly<Record<string, string>>>({});
  const instant = at ?? new Date(now).toISOString();
  const typed = Object.fromEntries(fields.map(({ key, start }) => [key, changed[key] ?? start]));
  const result = calculate(rate, typed, instant);
  return (
    <Panel title="What a request costs">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 2, sm: 3, md: 4 }} spacing="sm">
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
      </Stack>
    </Panel>
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
    <TableFrame label="The cost of a request, line by line">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Used</Table.Th>
          <Table.Th scope="col" ta="right">
            Units
          </Table.Th>
          <Table.Th scope="col">Charge</Table.Th>
          <Table.Th scope="col" ta="right">
            Cost, USD
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {quote.lines.map(({ meter, unit, units, cost, charge }) => {
          const condition = conditionWords(charge);
          return (
            <Table.Tr key={`${meter} ${unit}`}>
              <Table.Td>{meterWords(meter)}</Table.Td>
              <Table.Td ta="right">{units}</Table.Td>
              <Table.Td>
                {priceWithUnit(charge)}
                {condition !== "" && `, ${condition}`}
              </Table.Td>
              <Table.Td ta="right" fw={600}>
                {usd(cost)}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </TableFrame>
  );
}
