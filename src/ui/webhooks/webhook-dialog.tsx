"use client";

import { Button, Checkbox, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { useTRPC } from "#/ui/trpc.tsx";
import {
  HOLDS,
  holdWords,
  SHAPE_WORDS,
  type Webhook,
  type WebhookEvent,
  type WebhookShape,
} from "#/ui/webhooks/webhook-words.model.ts";

const SHAPES = (Object.keys(SHAPE_WORDS) as WebhookShape[]).map((value) => ({ value, label: SHAPE_WORDS[value] }));
/** What somebody on call wants to know. */
const USUAL: readonly WebhookEvent[] = ["sync.failed", "sync.partial", "sync.recovered", "source.stale"];

type Props = Readonly<{
  /** The one to change; a new one without it. */
  webhook: Webhook | undefined;
  choices: readonly Readonly<{ event: WebhookEvent; words: string }>[];
  onSecret: (secret: string) => void;
  onClose: () => void;
}>;

/** Adds a webhook, or changes what one is told. */
export function WebhookDialog({ webhook, choices, onSecret, onClose }: Props) {
  const { alerts } = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState("");
  const [shape, setShape] = useState<WebhookShape>(webhook?.shape ?? "standard");
  const [events, setEvents] = useState<WebhookEvent[]>([...(webhook?.events ?? USUAL)]);
  const [hold, setHold] = useState(String(webhook?.holdSeconds ?? 300));
  const settled = {
    onError: (error: unknown) => notifyFailure("The webhook was not saved", error),
    onSettled: () => void queryClient.invalidateQueries(alerts.pathFilter()),
  };
  const add = useMutation(
    alerts.addEndpoint.mutationOptions({
      ...settled,
      onSuccess: ({ signingSecret }) => {
        notifyDone({ message: `${name} is added. Send it a test.` });
        if (signingSecret !== null) onSecret(signingSecret);
        onClose();
      },
    }),
  );
  const update = useMutation(
    alerts.updateEndpoint.mutationOptions({
      ...settled,
      onSuccess: () => {
        notifyDone({ message: `${name} is changed.` });
        onClose();
      },
    }),
  );
  const holds = HOLDS.some(({ value }) => value === hold)
    ? HOLDS
    : [...HOLDS, { value: hold, label: holdWords(Number(hold)) }];
  return (
    <Dialog title={webhook === undefined ? "Add a webhook" : `Edit ${webhook.name}`} size="lg" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const told = { name: name.trim(), events, holdSeconds: Number(hold) };
          if (webhook === undefined) add.mutate({ ...told, url: url.trim(), shape });
          else update.mutate(told);
        }}
      >
        <Stack gap="sm">
          {webhook === undefined && (
            <>
              <TextInput
                label="Name"
                placeholder="on-call"
                pattern="[a-z0-9][a-z0-9._\-]*"
                title="Lower-case letters, digits, dots, dashes and underscores"
                value={name}
                maxLength={60}
                required
                withAsterisk={false}
                onChange={({ currentTarget }) => setName(currentTarget.value)}
              />
              <TextInput
                label="Address"
                type="url"
                placeholder="https://hooks.example.com/…"
                description="It is stored encrypted. Afterwards only its end is shown."
                value={url}
                maxLength={2_000}
                required
                withAsterisk={false}
                spellCheck={false}
                onChange={({ currentTarget }) => setUrl(currentTarget.value)}
              />
              <NativeSelect
                label="Shape of the message"
                data={SHAPES}
                value={shape}
                onChange={({ currentTarget }) =>
                  setShape(SHAPES.find(({ value }) => value === currentTarget.value)?.value ?? shape)
                }
              />
            </>
          )}
          <Checkbox.Group
            label="Events"
            value={events}
            onChange={(picked) =>
              setEvents(choices.map(({ event }) => event).filter((event) => picked.includes(event)))
            }
          >
            <Stack gap={8} mt={6}>
              {choices.map(({ event, words }) => (
                <Checkbox key={event} size="xs" value={event} label={words} description={event} />
              ))}
            </Stack>
          </Checkbox.Group>
          <NativeSelect
            label="Report a failed sync or a stale source"
            description="A problem that ends before then is not reported"
            data={holds.map((one) => ({ ...one }))}
            value={hold}
            onChange={({ currentTarget }) => setHold(currentTarget.value)}
          />
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" disabled={events.length === 0} loading={add.isPending || update.isPending}>
              {webhook === undefined ? "Add it" : "Save"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
