import { Text } from "@mantine/core";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { testWords, type SourceTest } from "#/ui/sources/source-words.model.ts";
import { UnreadFields } from "#/ui/sources/fields/unread-fields.tsx";

/** What a test found: whether the source can be read, what is in it, and every field that was refused. */
export function TestNote({ test }: { test: SourceTest }) {
  const words = testWords(test);
  return (
    <div role="status">
      <Text size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
        <WordBadge color={test.ok ? "teal" : "red"} words={test.ok ? "readable" : "not readable"} />{" "}
        <span className={test.ok ? undefined : "bad-news"}>{test.message}</span>
        {words !== "" && `: ${words}`}
      </Text>
      <UnreadFields fields={test.unreadFields} />
    </div>
  );
}
