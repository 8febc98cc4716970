"use client";

import { Button, Group, Text } from "@mantine/core";
import { PlainPage } from "#/ui/shell/plain-page.tsx";

export function ErrorPage({ digest, onRetry }: { digest: string | undefined; onRetry: () => void }) {
  return (
    <PlainPage title="This page could not be shown" text="The data is safe; only drawing the page failed.">
      {digest !== undefined && <Text size="sm">Id to quote: {digest}</Text>}
      <Group>
        <Button onClick={onRetry}>Try again</Button>
      </Group>
    </PlainPage>
  );
}
