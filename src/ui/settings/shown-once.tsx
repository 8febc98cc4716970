"use client";

import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { CopyText } from "#/ui/feedback/copy-text.tsx";
import { Dialog } from "#/ui/feedback/dialog.tsx";

type Props = Readonly<{ title: string; what: string; value: string; note: string; onClose: () => void }>;

/** A secret that is told this once. */
export function ShownOnce({ title, what, value, note, onClose }: Props) {
  return (
    <Dialog title={title} size="lg" onClose={onClose}>
      <Stack gap="sm">
        <Text size="sm">{note}</Text>
        <CopyText value={value} what={what}>
          <Code style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>{value}</Code>
        </CopyText>
        <Group justify="flex-end">
          <Button onClick={onClose}>I have it</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
