import { Text } from "@mantine/core";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import type { EffectivePrice } from "#/ui/model/effective-panel.tsx";
import { factLines } from "#/terms/fact-words.ts";

/** What catalogues say beside the price, each line with the source that says so. */
export function FactsPanel({ facts }: Pick<EffectivePrice, "facts">) {
  const lines = factLines(facts);
  if (lines.length === 0) return null;
  return (
    <Panel title="Facts">
      <Facts
        facts={lines.map(({ name, value, source }) => ({
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
  );
}
