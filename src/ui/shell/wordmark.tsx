import { Group, Text } from "@mantine/core";

/** A price that steps up, and the name; `compact` leaves the name out where there is no room for it. */
export function Wordmark({ compact = false }: { compact?: boolean }) {
  return (
    <Group gap={10} wrap="nowrap" component="span">
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden>
        <rect width="32" height="32" rx="7" fill="#3b5bdb" />
        <path
          d="M8 22h5v-6h6v-6h5"
          fill="none"
          stroke="#fff"
          strokeWidth="3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <Text component="span" fw={680} fz={17} lts={-0.2} {...(compact ? { visibleFrom: "sm" } : {})}>
        Ratebook
      </Text>
    </Group>
  );
}
