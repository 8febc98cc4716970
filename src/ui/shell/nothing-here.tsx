"use client";

import { Anchor, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";

/** What a page shows whose address leads to nothing. */
export function NothingHere() {
  return (
    <Stack gap="sm" py={64} align="center" ta="center">
      <Title order={1} size="h2">
        There is nothing here
      </Title>
      <Text c="dimmed">The address leads to no page. It may be mistyped, or what it named was removed.</Text>
      <Anchor renderRoot={(props) => <Link href="/" {...props} />}>Back to the overview</Anchor>
    </Stack>
  );
}
