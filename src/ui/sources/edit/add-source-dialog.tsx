"use client";

import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyDone } from "#/ui/feedback/notify.tsx";
import { SourceFields } from "#/ui/sources/edit/source-fields.tsx";
import { NO_SETTINGS, readSettingsText, type SettingsText } from "#/ui/sources/edit/source-form.model.ts";
import { TestNote } from "#/ui/sources/fields/test-note.tsx";
import { useTRPC, type Inputs } from "#/ui/trpc.tsx";

type Kind = Inputs["sources"]["add"]["kind"];
type Props = Readonly<{ kinds: readonly Kind[]; onClose: () => void }>;

const FIRST: Kind = "openrouter";

/** Adds a source, once a test has shown what is read from it and what is not. */
export function AddSourceDialog({ kinds, onClose }: Props) {
  const { sources } = useTRPC();
  const queryClient = useQueryClient();
  const [kind, setKind] = useState(FIRST);
  const [name, setName] = useState("");
  const [settings, setSettings] = useState(NO_SETTINGS);
  const { data: known } = useQuery(sources.kind.queryOptions({ kind }));
  const test = useMutation(sources.testNew.mutationOptions());
  const add = useMutation(
    sources.add.mutationOptions({
      onSuccess: (source) => {
        notifyDone({
          message: `${source.name} is added. The next sync reads it.`,
          link: { href: `/sources/${source.name}`, label: "Open it" },
        });
        onClose();
      },
      onSettled: () => void queryClient.invalidateQueries(sources.pathFilter()),
    }),
  );
  // A test says nothing of other settings.
  const change = (next: SettingsText) => {
    setSettings(next);
    test.reset();
    add.reset();
  };
  const given = { kind, ...readSettingsText(settings) };
  const isTested = test.data !== undefined;
  return (
    <Dialog title="Add a source" size="lg" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isTested) add.mutate({ ...given, name: name.trim() === "" ? kind : name.trim() });
          else test.mutate(given);
        }}
      >
        <Stack gap="sm">
          <NativeSelect
            label="Kind"
            value={kind}
            data={[...kinds]}
            data-autofocus
            onChange={({ currentTarget }) => {
              setKind(kinds.find((one) => one === currentTarget.value) ?? kind);
              change(NO_SETTINGS);
            }}
          />
          <TextInput
            label="Name"
            placeholder={kind}
            value={name}
            maxLength={60}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <SourceFields kind={known} settings={settings} onChange={change} />
          {test.error !== null && <ErrorNote title="The source could not be tested" error={test.error} />}
          {test.data !== undefined && <TestNote test={test.data} />}
          {add.error !== null && <ErrorNote title="The source was not added" error={add.error} />}
          <Text size="xs" c="dimmed">
            {isTested
              ? "It is added as the last in the order of rank, and it is enabled at once."
              : "The test fetches and reads the source. It writes nothing."}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            {isTested ? (
              <Button type="submit" loading={add.isPending}>
                {test.data.ok ? "Add it" : "Add it although it can’t be read"}
              </Button>
            ) : (
              <Button type="submit" loading={test.isPending}>
                Test it
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
