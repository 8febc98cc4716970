import { Anchor, Text } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import { factLines } from "#/terms/fact-words.ts";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ScrollFrame } from "#/ui/feedback/scroll-frame.tsx";
import type { EffectivePrice, PricedOffer } from "#/ui/model/price-answer.ts";
import classes from "#/ui/model/prices/source-table.module.css";
import { Digest } from "#/ui/run/outcome/source-card.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Row = Readonly<{ name: string; value: (offer: PricedOffer) => ReactNode }>;

const ROWS: readonly Row[] = [
  { name: "Listed there as", value: ({ listing }) => listing.id },
  { name: "Seller there", value: ({ listing }) => listing.listedAs },
  { name: "Worked out from", value: ({ listing }) => listing.derivedFrom ?? "stated outright" },
  { name: "Unchanged since", value: ({ effectiveAt }) => <RelativeTime at={effectiveAt} /> },
  { name: "First observed", value: ({ provenance }) => <RelativeTime at={provenance.observedAt} /> },
  {
    name: "Missing since",
    value: ({ listing }) =>
      listing.missingSince === null ? "not missing" : <RelativeTime at={listing.missingSince} />,
  },
  { name: "Written by", value: ({ provenance }) => <Writer jobId={provenance.jobId} cause={provenance.cause} /> },
  {
    name: "Payload digest",
    value: ({ provenance }) =>
      provenance.payloadDigest === null ? "none" : <Digest digest={provenance.payloadDigest} />,
  },
];

/** Where every source's price comes from, and the facts with the source of each. */
export function EvidencePanel({ rate, offers }: { rate: EffectivePrice | undefined; offers: readonly PricedOffer[] }) {
  const facts = rate === undefined ? [] : factLines(rate.facts);
  return (
    <>
      <Panel title="Where the prices come from" flush>
        <ScrollFrame label="Evidence, scrolls sideways" className={classes["frame"]}>
          <table className={`${classes["table"]} ${classes["evidence"]}`} aria-label="Where the prices come from">
            <thead>
              <tr>
                <th scope="col">What</th>
                {offers.map(({ source, listing }) => (
                  <th key={`${source} ${listing.id}`} scope="col" style={{ textAlign: "left" }}>
                    {source}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ROWS.map(({ name, value }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {offers.map((offer) => (
                    <td key={`${offer.source} ${offer.listing.id}`}>{value(offer)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollFrame>
      </Panel>
      {facts.length > 0 && (
        <Panel title="Facts by source">
          <Facts
            facts={facts.map(({ name, value, source }) => ({
              name,
              value: (
                <>
                  {value}{" "}
                  <Text span size="xs" c="dimmed">
                    {source}
                  </Text>
                </>
              ),
            }))}
          />
        </Panel>
      )}
    </>
  );
}

function Writer({ jobId, cause }: { jobId: string | null; cause: string }) {
  if (jobId === null) return cause;
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
      {cause} {jobId.slice(0, 8)}
    </Anchor>
  );
}
