"use client";

import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import dynamic from "next/dynamic";
import type { OfferKey } from "#/price/offer.ts";
import { sellerName } from "#/price/sellers.ts";
import { factLines } from "#/terms/fact-words.ts";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { CopyText } from "#/ui/feedback/copy-text.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import classes from "#/ui/model/model.module.css";
import type { EffectivePrice } from "#/ui/model/price-answer.ts";
import { Breadcrumb } from "#/ui/shell/breadcrumb.tsx";

// Most visits don't pin; the form is fetched when it is asked for.
const PinDialog = dynamic(() => import("#/ui/model/pin/pin-dialog.tsx").then((module) => module.PinDialog));

type Props = Readonly<{
  offer: OfferKey;
  rate: EffectivePrice | undefined;
  /** The page is about the present, which alone can be pinned. */
  isNow: boolean;
}>;

/** Which model at which seller, its facts, and what can be done with its price. */
export function ModelHeading({ offer, rate, isNow }: Props) {
  const { seller, model, variant } = offer;
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <Group justify="space-between" align="flex-start" gap="xs">
      <div style={{ flex: "1 1 320px", minWidth: 0 }}>
        <Breadcrumb href="/prices" label="Prices" title={model} />
        <Group gap={6}>
          <Text size="sm" c="dimmed">
            sold by {sellerName(seller)}
            {variant !== "default" && `, variant ${variant}`}
          </Text>
          <CopyText value={model} what="the model id">
            <span />
          </CopyText>
        </Group>
        {rate !== undefined && <FactLine facts={rate.facts} />}
      </div>
      <Group gap="xs">
        <Button variant="default" size="xs" onClick={() => setInAddress({ time: "past" })}>
          Look at another time
        </Button>
        {isNow && (
          <VerbButton action="prices.setPin" size="xs" variant="default" onClick={open}>
            Pin a price
          </VerbButton>
        )}
      </Group>
      {opened && <PinDialog price={{ ...offer, charges: rate?.charges ?? [] }} onClose={close} />}
    </Group>
  );
}

function FactLine({ facts }: Pick<EffectivePrice, "facts">) {
  const lines = factLines(facts);
  if (lines.length === 0) return null;
  return (
    <section aria-label="Facts">
      <dl className={classes["facts"]}>
        {lines.map(({ name, value, source }) => (
          <div key={name} title={`according to ${source}`}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
