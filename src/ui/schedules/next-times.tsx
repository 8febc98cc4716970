import { Text } from "@mantine/core";
import { ComingTime } from "#/ui/time/coming-time.tsx";

/** The next times of a schedule, in the reader's zone: how long until the first, and the day and minute of all. */
export function NextTimes({ next: [first, ...rest] }: { next: readonly string[] }) {
  if (first === undefined) return <Text size="sm">ended, no more times</Text>;
  return (
    <>
      <Text size="sm" fw={550} className="tabular">
        <ComingTime at={first} as="instant" />
      </Text>
      <Text size="xs" c="dimmed">
        <ComingTime at={first} as="wait" />
      </Text>
      {rest.map((at) => (
        <Text key={at} size="xs" c="dimmed" className="tabular">
          <ComingTime at={at} as="instant" />
        </Text>
      ))}
    </>
  );
}
