"use client";

import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Charge } from "#/price/charge.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { instantOfLocalMinute, zoneName } from "#/ui/time/local-minute.model.ts";
import type { EffectivePrice } from "#/ui/model/price-answer.ts";
import { pinLines, readPin, readTyped } from "#/ui/model/pin/pin-form.model.ts";
import { conditionWords, meterWords } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";
import { utcInstant } from "#/ui/time/time.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";
import type { Meter } from "#/terms/meter.ts";

const WHOLE = "whole";
const NO_PRICE: readonly Charge[] = [
  { meter: "input", unit: "token", amount: "0" as Charge["amount"] },
  { meter: "output", unit: "token", amount: "0" as Charge["amount"] },
];

type Props = Readonly<{
  price: Pick<EffectivePrice, "seller" | "model" | "variant" | "charges">;
  onClose: () => void;
}>;

/** Sets a price by hand: the whole offer or one meter, with a reason and, if it should end by itself, an instant in the reader's zone. */
export function PinDialog({ price, onClose }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { seller, model, variant } = price;
  const lines = pinLines(price.charges.length === 0 ? NO_PRICE : readCharges(price.charges));
  const [meter, setMeter] = useState<Meter>();
  const [typed, setTyped] = useState<Record<number, string>>({});
  const [reason, setReason] = useState("");
  const [end, setEnd] = useState("");
  const { mutate, isPending } = useMutation(
    trpc.prices.setPin.mutationOptions({
      onSuccess: () => {
        notifyDone({ message: "The price is pinned; no sync moves it." });
        onClose();
      },
      onError: (error) => notifyFailure("The price was not pinned", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.prices.pathFilter()),
    }),
  );
  const charges = readPin(lines, typed, meter);
  const meters = [...new Set(lines.map(({ charge }) => charge.meter))];
  const expiresAt = instantOfLocalMinute(end);
  const isReady = charges !== undefined && reason.trim().length >= 3;

  return (
    <Dialog title={`Pin a price of ${model}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (charges === undefined || !isReady) return;
          mutate({
            seller,
            model,
            variant,
            ...(meter === undefined ? {} : { meter }),
            charges,
            reason: reason.trim(),
            ...(expiresAt === undefined ? {} : { expiresAt }),
          });
        }}
      >
        <Stack gap="sm">
          <Text size="sm">It stands above every source until it is cleared or ends.</Text>
          <NativeSelect
            label="What"
            value={meter ?? WHOLE}
            data={[
              { value: WHOLE, label: "The whole offer" },
              ...meters.map((one) => ({ value: one, label: `${meterWords(one)} only` })),
            ]}
            onChange={({ currentTarget }) => setMeter(meters.find((one) => one === currentTarget.value))}
          />
          {lines.map(({ charge, per, text }, index) => {
            if (meter !== undefined && charge.meter !== meter) return null;
            const value = typed[index] ?? text;
            const condition = conditionWords(charge);
            return (
              <TextInput
                key={`${charge.meter} ${charge.unit} ${condition}`}
                label={`${meterWords(charge.meter)}${condition === "" ? "" : `, ${condition}`}, USD per ${per}`}
                value={value}
                error={readTyped(value, per) === undefined && "An amount such as 2.50"}
                inputMode="decimal"
                onChange={({ currentTarget }) => setTyped({ ...typed, [index]: currentTarget.value })}
              />
            );
          })}
          <TextInput
            label="Reason"
            placeholder="our contract of March"
            value={reason}
            maxLength={500}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <TextInput
            label={`Ends at (${zoneName()})`}
            description={
              expiresAt === undefined
                ? "Without it the pin stays until it is cleared."
                : `That is ${utcInstant(expiresAt)}.`
            }
            type="datetime-local"
            value={end}
            onChange={({ currentTarget }) => setEnd(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" disabled={!isReady} loading={isPending}>
              Pin
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
