"use client";

import { Anchor, Group, Paper, Text } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import { chargeKey, displayCharge, type Charge } from "#/price/charge.ts";
import { meterWords, usd } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";
import { ClearPinButton } from "#/ui/model/pin/clear-pin-button.tsx";
import classes from "#/ui/model/model.module.css";
import type { EffectivePrice, Pin, RateEntry } from "#/ui/model/price-answer.ts";
import { CAUSE_WORDS, noPriceWords, originWords } from "#/ui/model/prices/rate-words.model.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Props = Readonly<{
  rate: EffectivePrice;
  pins: readonly Pin[];
  /** The entry of the history that brought it, for who did it and why. */
  entry: RateEntry | undefined;
  /** What counted in the past can't be changed. */
  isNow: boolean;
}>;

const AMOUNTS_SHOWN = 3;

/** The first charges that always apply; of a price that has none of these, its first charges. */
function mainCharges(charges: readonly Charge[]): readonly Charge[] {
  const always = charges.filter(({ tier, window }) => tier === undefined && window === undefined);
  return (always.length === 0 ? charges : always).slice(0, AMOUNTS_SHOWN);
}

/** The price in force with where it comes from, and the pins on it. */
export function RateStrip({ rate, pins, entry, isNow }: Props) {
  return (
    <Paper component="section" withBorder aria-label="Price in force" className={classes["rate"] ?? ""}>
      {rate.charges.length === 0 ? (
        <Text fw={600}>{noPriceWords(rate)}</Text>
      ) : (
        <dl className={classes["amounts"]}>
          {mainCharges(readCharges(rate.charges)).map((charge) => {
            const { amount, per } = displayCharge(charge);
            return (
              <div key={chargeKey(charge)}>
                <Text component="dt" size="xs" c="dimmed">
                  {meterWords(charge.meter)} per {per}
                </Text>
                <Text component="dd" m={0} fz={20} lh={1.2} fw={650} className="tabular">
                  {amount === "0" ? "free" : usd(amount)}
                </Text>
              </div>
            );
          })}
        </dl>
      )}
      <div className={classes["origin"]}>
        <Text size="sm">
          {rate.charges.length === 0 ? "Since " : `${originWords(rate)}, in force since `}
          <RelativeTime at={rate.validFrom} /> (
          <Cause rate={rate} entry={entry} />)
        </Text>
        {entry?.reason !== undefined && entry.reason !== null && rate.cause !== "pin" && (
          <Text size="xs" c="dimmed">
            Reason: {entry.reason}
          </Text>
        )}
        {pins.map((pin) => (
          <PinLine key={pin.id} pin={pin}>
            {isNow && <ClearPinButton pin={pin} />}
          </PinLine>
        ))}
      </div>
    </Paper>
  );
}

function Cause({ rate: { cause }, entry }: Pick<Props, "entry" | "rate">) {
  const words = [CAUSE_WORDS[cause], entry?.actor].filter(Boolean).join(" by ");
  const jobId = entry?.jobId ?? null;
  if (jobId === null) return words;
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
      {words}
    </Anchor>
  );
}

/** One pin: of what, by whom, why and until when. */
function PinLine({ pin, children }: { pin: Pin; children: ReactNode }) {
  return (
    <Group gap="xs" mt={2} wrap="nowrap" justify="space-between">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        <WordBadge color="violet" words="pinned" /> {pin.meter === null ? "The whole price" : meterWords(pin.meter)} by{" "}
        {pin.setBy}, <RelativeTime at={pin.setAt} />: {pin.reason}; ends{" "}
        {pin.expiresAt === null ? "never" : <ComingTime at={pin.expiresAt} as="instant" />}
      </Text>
      <div style={{ flex: "none" }}>{children}</div>
    </Group>
  );
}
