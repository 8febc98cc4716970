import { Anchor, Group, Text } from "@mantine/core";
import Link from "next/link";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Panel } from "#/ui/feedback/panel.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { HoldRow, type Hold } from "#/ui/review/hold-row.tsx";
import { REASON_WORDS } from "#/ui/review/hold-words.model.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Props = Readonly<{
  holds: readonly Hold[];
  currentId: string | undefined;
  onDecide: (verb: "approve" | "reject", ids: readonly string[]) => void;
}>;

/** What a person decides on at once: the holds of one run, source, seller and main reason. */
export function HoldCard({ holds, currentId, onDecide }: Props) {
  const [first] = holds;
  if (first === undefined) return null;
  const main = first.reasons[0] ?? "BOUND";
  const ids = holds.map(({ id }) => id);
  const run = first.jobId.slice(0, 8);
  const title = `${first.seller}: ${lowerFirst(REASON_WORDS[main])}`;
  return (
    <Panel
      title={`${title} (${first.source}, run ${run})`}
      flush
      aside={
        first.state === "open" && holds.length > 1 ? (
          <Group gap="xs" wrap="nowrap">
            <VerbButton
              action="review.reject"
              size="compact-xs"
              variant="default"
              onClick={() => onDecide("reject", ids)}
            >
              Reject {holds.length}
            </VerbButton>
            <VerbButton
              action="review.approve"
              size="compact-xs"
              variant="default"
              onClick={() => onDecide("approve", ids)}
            >
              Approve {holds.length}
            </VerbButton>
          </Group>
        ) : undefined
      }
    >
      <Text size="xs" c="dimmed" px={18} pb={10}>
        {countOf(holds.length, "price")}, observed <RelativeTime at={first.observedAt} />.{" "}
        <Anchor
          size="xs"
          underline="always"
          renderRoot={(props) => <Link href={`/syncs/${first.jobId}`} prefetch={false} {...props} />}
        >
          Open the run
        </Anchor>
      </Text>
      <div role="list" aria-label={`${title}, run ${run}`}>
        {holds.map((hold) => (
          <HoldRow
            key={hold.id}
            hold={hold}
            isCurrent={hold.id === currentId}
            onDecide={(verb) => onDecide(verb, [hold.id])}
          />
        ))}
      </div>
    </Panel>
  );
}

function lowerFirst(words: string): string {
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}
