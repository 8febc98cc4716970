"use client";

import { Anchor, Group, Kbd, NativeSelect, Skeleton, Stack, Text, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { DecideDialog, type Decision } from "#/ui/review/decide-dialog.tsx";
import { HoldCard } from "#/ui/review/hold-card.tsx";
import {
  groupIntoCards,
  HOLD_STATES,
  readReviewFilters,
  REASON_WORDS,
  reviewQuery,
  type ReviewFilters,
} from "#/ui/review/hold-words.model.ts";
import { useDecide } from "#/ui/review/use-decide.ts";
import { useReviewKeys } from "#/ui/review/use-review-keys.ts";
import { useTRPC } from "#/ui/trpc.tsx";

const SHOWN = 500;
const REASONS = Object.entries(REASON_WORDS).map(([value, label]) => ({ value, label }));

export function ReviewScreen() {
  const trpc = useTRPC();
  const query = useSearchParams();
  const filters = useMemo(() => readReviewFilters(query), [query]);
  const { search, state, reason } = filters;
  const filter = { state, ...(search === "" ? {} : { search }), ...(reason === undefined ? {} : { reason }) };
  const { data, error, refetch } = useQuery(
    trpc.review.list.queryOptions({ filter, limit: SHOWN }, { placeholderData: keepPreviousData }),
  );
  const [decision, setDecision] = useState<Decision>();
  const { decide, isPending } = useDecide(() => setDecision(undefined));
  const holds = data?.holds ?? [];
  const ids = holds.map(({ id }) => id);
  const current = useReviewKeys(ids, state === "open" && decision === undefined, (verb, id) =>
    setDecision({ verb, ids: [id] }),
  );
  const change = (part: Partial<ReviewFilters>) =>
    history.replaceState(null, "", `${location.pathname}${reviewQuery({ ...filters, ...part })}`);
  const ask = (verb: Decision["verb"], chosen: readonly string[]) => setDecision({ verb, ids: chosen });

  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Review
        </Title>
        <Text c="dimmed" size="sm" role="status" className="tabular" mih={20}>
          {data !== undefined && `${countOf(holds.length, "hold")}${holds.length === SHOWN ? " or more" : ""}`}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        Prices that the guard keeps out of force. Until somebody decides, the last good price counts.
      </Text>
      <Group gap="sm" role="search" aria-label="Holds">
        <SearchBox
          label="Search sellers and models"
          placeholder="Search sellers, models, sources"
          search={search}
          onChange={(text) => change({ search: text })}
        />
        <NativeSelect
          aria-label="Reason"
          value={reason ?? ""}
          data={[{ value: "", label: "All reasons" }, ...REASONS]}
          onChange={({ currentTarget: { value } }) =>
            change(readReviewFilters(new URLSearchParams({ reason: value, state, q: search })))
          }
        />
        <NativeSelect
          aria-label="State"
          value={state}
          data={[...HOLD_STATES]}
          onChange={({ currentTarget: { value } }) =>
            change({ state: HOLD_STATES.find((one) => one === value) ?? "open" })
          }
        />
      </Group>
      {state === "open" && holds.length > 0 && (
        <Group justify="space-between" gap="sm">
          <Text size="xs" c="dimmed" visibleFrom="sm">
            <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> move, <Kbd size="xs">a</Kbd> approve, <Kbd size="xs">r</Kbd>{" "}
            reject
          </Text>
          <Group gap="xs">
            <VerbButton action="review.reject" size="xs" variant="default" onClick={() => ask("reject", ids)}>
              Reject all {holds.length}
            </VerbButton>
            <VerbButton action="review.approve" size="xs" variant="default" onClick={() => ask("approve", ids)}>
              Approve all {holds.length}
            </VerbButton>
          </Group>
        </Group>
      )}
      {data === undefined && error === null && <Skeleton h={220} />}
      {data === undefined && error !== null && (
        <ErrorNote title="The holds could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && holds.length === 0 && <NothingHeld filters={filters} />}
      {groupIntoCards(holds).map(({ key, holds: group }) => (
        <HoldCard key={key} holds={group} currentId={current} onDecide={ask} />
      ))}
      <DecideDialog
        key={decision === undefined ? "closed" : "open"}
        decision={decision}
        pending={isPending}
        onClose={() => setDecision(undefined)}
        onDecide={decide}
      />
    </Stack>
  );
}

function NothingHeld({ filters: { state, search, reason } }: { filters: ReviewFilters }) {
  if (search !== "" || reason !== undefined)
    return <EmptyNote title="No hold matches">Other words or another reason may find it.</EmptyNote>;
  if (state !== "open") return <EmptyNote title={`No hold was ${state} yet`} />;
  return (
    <EmptyNote title="Nothing waits for you">
      Every price that came is in force. What was decided before stands under{" "}
      <Anchor underline="always" href="?state=approved">
        approved
      </Anchor>
      ,{" "}
      <Anchor underline="always" href="?state=rejected">
        rejected
      </Anchor>{" "}
      and{" "}
      <Anchor underline="always" href="?state=resolved">
        resolved
      </Anchor>
      .
    </EmptyNote>
  );
}
