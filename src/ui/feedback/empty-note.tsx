import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Nothing to show, and what to do about it. */
export function EmptyNote({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack gap={2} py="lg" px={18} align="center" ta="center">
      <Text fw={550}>{title}</Text>
      {children !== undefined && (
        <Text size="sm" c="dimmed" component="div">
          {children}
        </Text>
      )}
    </Stack>
  );
}
