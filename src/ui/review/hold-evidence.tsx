"use client";

import { Alert, Anchor, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Facts, type Fact } from "#/ui/feedback/facts.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { factorWords } from "#/ui/price/factor-words.model.ts";
import { impactWords } from "#/ui/price/impact-words.model.ts";
import { modelHref } from "#/price/model-href.ts";
import { evidenceRows, type EvidenceRow } from "#/ui/review/hold-evidence.model.ts";
import { useHoldOptions } from "#/ui/review/hold-reader.tsx";
import type { Verb } from "#/ui/review/hold-row.tsx";
import { canBeTakenBack, decisionWords, holdLines, type Hold } from "#/ui/review/hold-words.model.ts";
import classes from "#/ui/review/review.module.css";
import { TakeBackButton } from "#/ui/review/take-back-button.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

/** What others ask is read again when it is older. */
const FRESH_MS = 30_000;

const UNIT = / per .*$/;

type Props = Readonly<{
  id: string;
  onAsk: (verb: Verb, hold: Hold) => void;
}>;

/** All that a person needs to decide on one held price. */
export function HoldEvidence({ id, onAsk }: Props) {
  const options = useHoldOptions();
  const one = useQuery({ ...options(id), staleTime: FRESH_MS });
  return (
    <Loaded query={one} failed="The held price could not be read" height={420}>
      {(hold) =>
        hold === null ? (
          <EmptyNote title="This hold does not exist">Choose another one from the list.</EmptyNote>
        ) : (
          <Evidence hold={hold} onAsk={(verb) => onAsk(verb, hold)} />
        )
      }
    </Loaded>
  );
}

function Evidence({ hold, onAsk }: { hold: Hold; onAsk: (verb: Verb) => void }) {
  const decided = decisionWords(hold);
  return (
    <Stack gap="md">
      <Group gap={8} align="center">
        <Title order={2} size="h4" style={{ overflowWrap: "anywhere" }}>
          <Anchor
            inherit
            underline="hover"
            renderRoot={(props) => <Link href={modelHref(hold)} prefetch={false} {...props} />}
          >
            {hold.model}
          </Anchor>
        </Title>
        {hold.variant !== "default" && <WordBadge color="gray" words={hold.variant} />}
        {hold.effectiveAt !== null && <WordBadge color="blue" words={`from ${hold.effectiveAt.slice(0, 10)}`} />}
      </Group>
      <Text size="sm" c="dimmed" mt={-12}>
        {hold.seller}, from {hold.source}, observed <RelativeTime at={hold.observedAt} /> in{" "}
        <Anchor
          size="sm"
          underline="always"
          renderRoot={(props) => <Link href={`/syncs/${hold.jobId}`} prefetch={false} {...props} />}
        >
          this sync
        </Anchor>
      </Text>
      {decided === undefined ? (
        <Group gap="xs" className={classes["paneVerbs"] ?? ""}>
          <VerbButton action="review.decideMany" size="sm" onClick={() => onAsk("approve")}>
            Approve
          </VerbButton>
          <VerbButton action="review.decideMany" size="sm" variant="default" onClick={() => onAsk("reject")}>
            Reject
          </VerbButton>
        </Group>
      ) : (
        <Alert color="gray" title={`This hold was ${decided}`}>
          <Group justify="space-between" gap="xs">
            {hold.decidedAt !== null && <RelativeTime at={hold.decidedAt} />}
            {canBeTakenBack(hold) && <TakeBackButton hold={hold} />}
          </Group>
        </Alert>
      )}
      <Lines hold={hold} />
      <Facts facts={factsOf(hold)} />
      <Others hold={hold} />
      <Why hold={hold} />
    </Stack>
  );
}

function Lines({ hold }: { hold: Hold }) {
  const lines = holdLines(hold);
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table aria-label="Old and new price" verticalSpacing={6} horizontalSpacing={8} className="tabular">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Price</Table.Th>
            <Table.Th scope="col">Last good</Table.Th>
            <Table.Th scope="col">Held</Table.Th>
            <Table.Th scope="col">Change</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map(({ key, what, before, after, size, direction }) => (
            <Table.Tr key={key} style={{ verticalAlign: "top" }}>
              <Table.Td>
                {what}
                <Text size="xs" c="dimmed">
                  {unitOf(after ?? before)}
                </Text>
              </Table.Td>
              <Table.Td>{amountOf(before)}</Table.Td>
              <Table.Td fw={600}>{amountOf(after)}</Table.Td>
              <Table.Td>
                <ChangeSize size={size} direction={direction} />
              </Table.Td>
            </Table.Tr>
          ))}
          {lines.length === 0 && (
            <Table.Tr>
              <Table.Td>State</Table.Td>
              <Table.Td>{hold.old?.state ?? "none"}</Table.Td>
              <Table.Td fw={600}>{hold.new.state}</Table.Td>
              <Table.Td />
            </Table.Tr>
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The unit stands below the name of the meter, once for both amounts. */
function unitOf(price: string | undefined): string | undefined {
  return price?.match(UNIT)?.[0].trim();
}

function amountOf(price: string | undefined): string {
  return price?.replace(UNIT, "") ?? "none";
}

function factsOf(hold: Hold): readonly Fact[] {
  const factor = factorWords(hold.ratio);
  const against = hold.old === null ? "the nearest other price" : "the last good price";
  return [
    { name: "Factor", value: factor === undefined ? "Nothing to compare with" : `${factor} against ${against}` },
    { name: "Cost impact", value: <Impact hold={hold} /> },
  ];
}

function Impact({ hold: { monthlyImpactUsd, old, new: held } }: { hold: Hold }) {
  if (monthlyImpactUsd !== null) return impactWords(monthlyImpactUsd);
  if (old === null || old.charges.length === 0) return "A first price replaces no cost";
  if (held.charges.length === 0) return "Without a price there is no cost to compare";
  return <EnterUsage />;
}

export function EnterUsage() {
  return (
    <Anchor size="sm" underline="always" renderRoot={(props) => <Link href="/changes" prefetch={false} {...props} />}>
      Enter usage to see the cost
    </Anchor>
  );
}

function Why({ hold }: { hold: Hold }) {
  return (
    <section aria-label="Why it is held">
      <Title order={3} size="sm" mb={4}>
        Why it is held
      </Title>
      <ul className={classes["why"]}>
        {[...new Set(hold.findings.map(({ words }) => words))].map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    </section>
  );
}

function Others({ hold }: { hold: Hold }) {
  const rows = evidenceRows(hold);
  return (
    <section aria-label="What others ask">
      <Title order={3} size="sm">
        What others ask
      </Title>
      <Text size="xs" c="dimmed" mb={4}>
        USD per 1M tokens unless another unit is named. Read from the book <RelativeTime at={hold.evidenceNowAt} />.
      </Text>
      {rows.length === 0 ? (
        <Text size="sm">No other source has this model, neither when it was held nor now.</Text>
      ) : (
        <Table.ScrollContainer minWidth={0} type="native">
          <Table aria-label="What others ask" verticalSpacing={6} horizontalSpacing={8} className="tabular">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Seller</Table.Th>
                <Table.Th scope="col">
                  When held, <RelativeTime at={hold.observedAt} />
                </Table.Th>
                <Table.Th scope="col">Now</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <OtherRow key={row.key} row={row} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

function OtherRow({ row: { seller, source, whenHeld, now, isMoved, agrees, since, seenAt } }: { row: EvidenceRow }) {
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td>
        {seller}
        <Text size="xs" c="dimmed">
          {source}
        </Text>
      </Table.Td>
      <Table.Td>{whenHeld ?? "not listed"}</Table.Td>
      <Table.Td fw={isMoved ? 600 : 400}>
        {now ?? "not listed any more"}
        {agrees !== undefined && (
          <Text size="xs" c={agrees === "held" ? "var(--tone-good)" : "var(--tone-warn)"}>
            same as the {agrees} price
          </Text>
        )}
        {since !== undefined && (
          <Text size="xs" c="dimmed">
            set <RelativeTime at={since} />
            {seenAt !== undefined && (
              <>
                , read <RelativeTime at={seenAt} />
              </>
            )}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
