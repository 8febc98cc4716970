"use client";

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyDone } from "#/ui/feedback/notify.tsx";
import { SourceFields } from "#/ui/sources/edit/source-fields.tsx";
import { readSettingsText, writeSettings, type SettingsText } from "#/ui/sources/edit/source-form.model.ts";
import type { Source } from "#/ui/sources/source-words.model.ts";
import { TestNote } from "#/ui/sources/fields/test-note.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const LEAST_LETTERS = 3;

/** Changes where and how a source is read; the new settings can be tested before. */
export function EditSourceDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const { sources } = useTRPC();
  const queryClient = useQueryClient();
  const { name, kind } = source;
  const [settings, setSettings] = useState(() => writeSettings(source));
  const [reason, setReason] = useState("");
  const { data: known } = useQuery(sources.kind.queryOptions({ kind }));
  const test = useMutation(sources.testNew.mutationOptions());
  const update = useMutation(
    sources.update.mutationOptions({
      onSuccess: () => {
        notifyDone({ message: `${name} is changed. The next sync reads the source again.` });
        onClose();
      },
      onSettled: () => void queryClient.invalidateQueries(sources.pathFilter()),
    }),
  );
  const change = (next: SettingsText) => {
    setSettings(next);
    test.reset();
    update.reset();
  };
  const given = readSettingsText(settings);
  // What is left out stays as it is, so what was emptied is said.
  const emptied = { url: known?.defaultUrl, apiKeyEnv: null, options: {} };
  return (
    <Dialog title={`Edit ${name}`} size="lg" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({ ...emptied, ...given, name, reason: reason.trim() });
        }}
      >
        <Stack gap="sm">
          <SourceFields kind={known} settings={settings} onChange={change} />
          <TextInput
            label="Reason"
            placeholder="the seller has moved its list"
            value={reason}
            maxLength={500}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          {test.error !== null && <ErrorNote title="The source could not be tested" error={test.error} />}
          {test.data !== undefined && <TestNote test={test.data} />}
          {update.error !== null && <ErrorNote title="The source was not changed" error={update.error} />}
          <Text size="xs" c="dimmed">
            Its prices stay in the book until the next sync has read it.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button variant="default" loading={test.isPending} onClick={() => test.mutate({ kind, ...given })}>
              Test it
            </Button>
            <Button type="submit" disabled={reason.trim().length < LEAST_LETTERS} loading={update.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
