import { List, Text } from "@mantine/core";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { ScrollFrame } from "#/ui/feedback/scroll-frame.tsx";
import { impactWords } from "#/ui/price/impact-words.model.ts";
import { changeLines } from "#/ui/price/price-change.model.ts";
import type { Outputs } from "#/ui/trpc.tsx";

/** A dry run keeps nothing, not even its reason. */
export const TRIAL_REASON = "to see what it would change";

type Settled = Omit<Outputs["sources"]["rank"], "order">;

/** What a change of the sources would do to the prices in force: how many would change, and the largest of them. */
export function SettledNote({ settled: { changed, settled, changes, monthlyImpactUsd } }: { settled: Settled }) {
  const moved = settled - changed;
  return (
    <>
      <Text size="sm">
        <b>{changed === 0 ? "No price in force would change" : `${countOf(changed, "price")} in force would change`}</b>
        {moved > 0 && `; ${count(moved)} more would come from another source at the same amount`}
        {monthlyImpactUsd !== null && `; ${impactWords(monthlyImpactUsd)} by the recorded usage`}.
      </Text>
      {changes.length > 0 && (
        <>
          <Text size="xs" c="dimmed" mt={6}>
            {changed > changes.length ? `The ${changes.length} largest changes` : "All changes, the largest first"}
          </Text>
          <ScrollFrame label="The largest changes" style={{ maxHeight: 220, overflowY: "auto" }}>
            <List size="sm" spacing={2} listStyleType="none" className="tabular">
              {changes.map((change) => (
                <List.Item key={change.id} style={{ overflowWrap: "anywhere" }}>
                  {change.model}
                  {change.variant !== "default" && `, ${change.variant}`} at {change.seller}:{" "}
                  {changeLines(change)
                    .map(({ what, before, after }) => `${what} ${before ?? "none"} → ${after ?? "none"}`)
                    .join("; ")}
                </List.Item>
              ))}
            </List>
          </ScrollFrame>
        </>
      )}
    </>
  );
}
