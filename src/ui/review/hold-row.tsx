import { Anchor, Group, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { impactWords } from "#/ui/price/impact-words.model.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { evidenceGroups } from "#/ui/review/hold-evidence.model.ts";
import classes from "#/ui/review/review.module.css";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

export type Hold = Outputs["review"]["list"]["holds"][number];

const FINDINGS_SHOWN = 2;

type Props = Readonly<{ hold: Hold; isCurrent: boolean; onDecide: (verb: "approve" | "reject") => void }>;

/** One held price: what is asked, what is in force, why it is held, and what others ask. */
export function HoldRow({ hold, isCurrent, onDecide }: Props) {
  const lines = changeLines({
    state: hold.new.state,
    charges: hold.new.charges,
    previousState: hold.old?.state ?? null,
    previousCharges: hold.old?.charges ?? null,
  });
  return (
    <div className={classes["row"]} data-current={isCurrent} data-hold={hold.id} role="listitem">
      <Stack gap={2} className={classes["what"] ?? ""}>
        <Group gap={6}>
          <Anchor
            size="sm"
            fw={600}
            renderRoot={(props) => <Link href={modelHref(hold)} prefetch={false} {...props} />}
          >
            {hold.model}
          </Anchor>
          {hold.variant !== "default" && <WordBadge color="gray" words={hold.variant} />}
          {hold.effectiveAt !== null && <WordBadge color="blue" words={`from ${hold.effectiveAt.slice(0, 10)}`} />}
        </Group>
        {lines.map(({ key, what, before, after, size, direction }) => (
          <Text key={key} size="sm" className="tabular">
            {what}: {hold.old !== null && `${before ?? "no price"} → `}
            <b>{after ?? "no price"}</b> {hold.old !== null && <ChangeSize size={size} direction={direction} />}
          </Text>
        ))}
        {lines.length === 0 && <Text size="sm">now {hold.new.state}</Text>}
        {hold.monthlyImpactUsd !== null && (
          <Text size="sm">{impactWords(hold.monthlyImpactUsd)} by the recorded usage</Text>
        )}
      </Stack>
      <Stack gap={2} className={classes["why"] ?? ""}>
        {hold.findings.slice(0, FINDINGS_SHOWN).map(({ words }) => (
          <Text key={words} size="sm">
            {words}
          </Text>
        ))}
        {hold.findings.length > FINDINGS_SHOWN && (
          <Text size="sm" title={hold.findings.map(({ words }) => words).join("\n")}>
            and {hold.findings.length - FINDINGS_SHOWN} more like these
          </Text>
        )}
        <Evidence hold={hold} />
        <Text size="xs" c="dimmed">
          observed <RelativeTime at={hold.observedAt} />
          {hold.decision !== null && `; ${hold.state} by ${hold.decidedBy ?? "itself"}: ${hold.decision}`}
        </Text>
      </Stack>
      {hold.state === "open" && (
        <Group gap="xs" wrap="nowrap" className={classes["verbs"] ?? ""}>
          <VerbButton
            action="review.reject"
            size="xs"
            variant="default"
            aria-label={`Reject ${hold.model}`}
            onClick={() => onDecide("reject")}
          >
            Reject
          </VerbButton>
          <VerbButton
            action="review.approve"
            size="xs"
            aria-label={`Approve ${hold.model}`}
            onClick={() => onDecide("approve")}
          >
            Approve
          </VerbButton>
        </Group>
      )}
    </div>
  );
}

function Evidence({ hold }: { hold: Hold }) {
  return evidenceGroups(hold).map(({ when, lines }) => (
    <div key={when ?? ""}>
      {when !== undefined && (
        <Text size="xs" c="dimmed" fw={600}>
          {when}
        </Text>
      )}
      {lines.map((line) => (
        <Text key={line} size="xs" c="dimmed" className="tabular">
          {line}
        </Text>
      ))}
    </div>
  ));
}
