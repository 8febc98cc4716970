"use client";

import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC, type Inputs } from "#/ui/trpc.tsx";

type Kind = Inputs["sources"]["add"]["kind"];

type Props = Readonly<{ kinds: readonly Kind[]; onClose: () => void }>;

/** Adds a source by its kind; its key, if it asks for one, is named by the environment variable that holds it. */
export function AddSourceDialog({ kinds, onClose }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<Kind | undefined>(kinds[0]);
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [keyName, setKeyName] = useState("");
  const [option, setOption] = useState("");
  const { mutate, isPending } = useMutation(
    trpc.sources.add.mutationOptions({
      onSuccess: (source) => {
        notifyDone({
          message: `${source.name} is added; the next sync reads it.`,
          link: { href: `/sources/${source.name}`, label: "Look at it" },
        });
        onClose();
      },
      onError: (error) => notifyFailure("The source was not added", error),
      onSettled: () => void queryClient.invalidateQueries(trpc.sources.pathFilter()),
    }),
  );
  const [, optionName, optionValue] = /^([a-z][a-z0-9_-]*)=(.+)$/i.exec(option.trim()) ?? [];
  const isOptionFine = option.trim() === "" || optionName !== undefined;
  return (
    <Dialog title="Add a source" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (kind === undefined) return;
          mutate({
            kind,
            name: name.trim() === "" ? kind : name.trim(),
            ...(url.trim() === "" ? {} : { url: url.trim() }),
            ...(keyName.trim() === "" ? {} : { apiKeyEnv: keyName.trim() }),
            ...(optionName === undefined || optionValue === undefined
              ? {}
              : { options: { [optionName]: optionValue === "true" ? true : optionValue } }),
          });
        }}
      >
        <Stack gap="sm">
          <NativeSelect
            label="Kind"
            value={kind ?? ""}
            data={[...kinds]}
            onChange={({ currentTarget }) => setKind(kinds.find((one) => one === currentTarget.value))}
          />
          <TextInput
            label="Name"
            placeholder={kind ?? ""}
            value={name}
            maxLength={60}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <TextInput
            label="Address"
            placeholder="where its kind is usually found"
            value={url}
            maxLength={2_000}
            onChange={({ currentTarget }) => setUrl(currentTarget.value)}
          />
          <TextInput
            label="Variable that holds its key"
            placeholder="ACME_API_KEY"
            description="A name in the server’s environment; the key itself is never stored."
            value={keyName}
            maxLength={200}
            onChange={({ currentTarget }) => setKeyName(currentTarget.value)}
          />
          <TextInput
            label="Option of its kind"
            placeholder="endpoints=true"
            value={option}
            maxLength={260}
            error={!isOptionFine && "Write it as name=value"}
            onChange={({ currentTarget }) => setOption(currentTarget.value)}
          />
          <Text size="xs" c="dimmed">
            It is enabled at once. Test it before the next sync reads it.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" disabled={kind === undefined || !isOptionFine} loading={isPending}>
              Add it
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
