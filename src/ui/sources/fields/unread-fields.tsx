import { List, Spoiler } from "@mantine/core";
import { countOf, spoken } from "#/ui/feedback/count.model.ts";
import type { UnreadField } from "#/terms/unread-field.ts";

/** The fields of a payload that were not read, each with its count and its first value. */
export function UnreadFields({ fields }: { fields: readonly UnreadField[] }) {
  if (fields.length === 0) return null;
  return (
    <Spoiler
      maxHeight={0}
      showLabel={`Show ${countOf(fields.length, "field that was not read", "fields that were not read")}`}
      hideLabel="Hide the fields that were not read"
    >
      <List size="sm" spacing={4} mt={4}>
        {fields.map(({ field, reason, count, path, value }) => (
          <List.Item key={`${field} ${reason}`} style={{ overflowWrap: "anywhere" }}>
            {field === "" ? "whole entry" : <code>{field}</code>}: {spoken(reason)}, {countOf(count, "time")}; the first
            is <code>{value}</code> at <code>{path}</code>
          </List.Item>
        ))}
      </List>
    </Spoiler>
  );
}
