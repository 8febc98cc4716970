import { Anchor, Group, Text } from "@mantine/core";
import Link from "next/link";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ScrollFrame } from "#/ui/feedback/scroll-frame.tsx";
import type { EffectivePrice, PricedOffer } from "#/ui/model/price-answer.ts";
import { agreementOf, mainOffer, sheetRows, type SheetCell } from "#/ui/model/prices/source-table.model.ts";
import classes from "#/ui/model/prices/source-table.module.css";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Props = Readonly<{ rate: EffectivePrice | undefined; offers: readonly PricedOffer[] }>;

/** The price in force beside what every source says, a row for each charge. */
export function SourceTable({ rate, offers }: Props) {
  const rows = sheetRows(rate, offers);
  const main = mainOffer(rate, offers);
  return (
    <Panel
      title="Prices by source"
      flush
      aside={
        <Text size="xs" c="dimmed" ta="right">
          {agreementOf(rows, offers)}
        </Text>
      }
    >
      <ScrollFrame label="Prices by source, scrolls sideways" className={classes["frame"]}>
        <table
          className={classes["table"]}
          aria-label="Prices by source, in USD per 1M tokens where no other unit is named"
        >
          <thead>
            <tr>
              <th scope="col">
                Charge<span className={classes["note"]}>$ per 1M tokens</span>
              </th>
              <th scope="col" className={classes["inForce"]}>
                In force
              </th>
              {offers.map((offer) => (
                <OfferHead key={`${offer.source} ${offer.listing.id}`} offer={offer} isMain={offer === main} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, condition, per, inForce, cells }) => (
              <tr key={key}>
                <th scope="row">
                  {name}
                  {condition !== "" && <span className={classes["note"]}>{condition}</span>}
                  {per !== undefined && <span className={classes["note"]}>per {per}</span>}
                </th>
                <td className={classes["inForce"]}>
                  <Amount cell={inForce} />
                </td>
                {cells.map((cell, index) => (
                  <td key={`${offers[index]?.source} ${offers[index]?.listing.id}`}>
                    <Amount cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
            {rows.length === 0 && (
              <tr>
                <th scope="row">No charge is stated</th>
                <td className={classes["inForce"]}>{rate?.state ?? "–"}</td>
                {offers.map(({ source, listing, state }) => (
                  <td key={`${source} ${listing.id}`}>{state}</td>
                ))}
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Unchanged since</th>
              <td>{rate !== undefined && <RelativeTime at={rate.validFrom} />}</td>
              {offers.map(({ source, listing, effectiveAt }) => (
                <td key={`${source} ${listing.id}`}>
                  <RelativeTime at={effectiveAt} />
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </ScrollFrame>
    </Panel>
  );
}

function Amount({ cell }: { cell: SheetCell | undefined }) {
  if (cell === undefined)
    return (
      <Text span size="sm" c="dimmed">
        not stated
      </Text>
    );
  return (
    <>
      {cell.text}
      {cell.note !== "" && (
        <span className={classes["note"]} data-differs={cell.differs || undefined}>
          {cell.note}
        </span>
      )}
    </>
  );
}

function OfferHead({ offer, isMain }: { offer: PricedOffer; isMain: boolean }) {
  const { source, state, listing } = offer;
  const badges = [
    ...(isMain ? [["teal", "in force"] as const] : []),
    ...(listing.delistedAt !== null ? [["red", "delisted"] as const] : []),
    ...(listing.heldBy !== null ? [["orange", "held"] as const] : []),
    ...(listing.staleSince !== null ? [["yellow", "stale"] as const] : []),
    ...(listing.delistedAt === null && listing.missedPayloads > 0 ? [["orange", "missing"] as const] : []),
    ...(state === "priced" ? [] : [["gray", state] as const]),
  ];
  return (
    <th scope="col">
      <Anchor
        size="sm"
        title={`Listed there as ${listing.id}`}
        renderRoot={(props) => <Link href={`/sources/${encodeURIComponent(source)}`} prefetch={false} {...props} />}
      >
        {source}
      </Anchor>
      <Group gap={4} justify="flex-end" mih={20}>
        {badges.map(([color, words]) => (
          <WordBadge key={words} color={color} words={words} />
        ))}
      </Group>
    </th>
  );
}
