"use client";

import { Code, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { ShownOnce } from "#/ui/settings/shown-once.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";
import { useWebhookVerbs } from "#/ui/webhooks/use-webhook-verbs.ts";
import { WebhookDialog } from "#/ui/webhooks/webhook-dialog.tsx";
import { endpointState, holdWords, SHAPE_WORDS, type Webhook } from "#/ui/webhooks/webhook-words.model.ts";

/** The endpoints that get messages, which events they get, and whether deliveries succeed. */
export function WebhooksPanel() {
  const trpc = useTRPC();
  const webhooks = useQuery(trpc.alerts.endpoints.queryOptions());
  const { data } = webhooks;
  const [edited, setEdited] = useState<Webhook | "new">();
  const [secret, setSecret] = useState<string>();
  return (
    <Panel
      title="Webhooks"
      flush
      aside={
        <VerbButton
          action="alerts.addEndpoint"
          variant="default"
          size="xs"
          disabled={data === undefined}
          onClick={() => setEdited("new")}
        >
          Add a webhook
        </VerbButton>
      }
    >
      <Loaded query={webhooks} failed="The webhooks could not be read" height={120}>
        {({ endpoints }) =>
          endpoints.length === 0 ? (
            <EmptyNote title="There is no webhook">
              Without one, failed syncs, stale sources and held prices are shown on the pages only.
            </EmptyNote>
          ) : (
            <DataTable
              label="Webhooks"
              columns={COLUMNS}
              rows={endpoints}
              rowKey={({ id }) => id}
              verbs={(webhook) => <Verbs webhook={webhook} onEdit={() => setEdited(webhook)} onSecret={setSecret} />}
              below={({ disabledAt, disabledReason }) =>
                disabledAt !== null &&
                disabledReason !== null && (
                  <Text size="xs" className="bad-news">
                    {disabledReason}
                  </Text>
                )
              }
            />
          )
        }
      </Loaded>
      {edited !== undefined && data !== undefined && (
        <WebhookDialog
          webhook={edited === "new" ? undefined : edited}
          choices={data.events}
          onSecret={setSecret}
          onClose={() => setEdited(undefined)}
        />
      )}
      {secret !== undefined && (
        <ShownOnce
          title="The signing secret"
          what="the signing secret"
          value={secret}
          note="The receiver uses it to check that messages come from here. It is shown only now."
          onClose={() => setSecret(undefined)}
        />
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<Webhook>[] = [
  { id: "name", head: "Name", cell: ({ name }) => name },
  {
    id: "address",
    head: "Address",
    grows: true,
    cell: ({ url, shape }) => (
      <>
        <Code>{url}</Code>
        <Text size="xs" c="dimmed">
          {SHAPE_WORDS[shape]}
        </Text>
      </>
    ),
  },
  {
    id: "events",
    head: "Events",
    cell: ({ events, holdSeconds }) => (
      <>
        <span title={events.join(", ")}>{countOf(events.length, "event")}</span>
        <Text size="xs" c="dimmed">
          {holdWords(holdSeconds)}
        </Text>
      </>
    ),
  },
  { id: "state", head: "State", cell: (webhook) => <State webhook={webhook} /> },
];

function State({ webhook }: { webhook: Webhook }) {
  const { disabledAt, failingSince, lastSuccessAt } = webhook;
  return (
    <>
      <WordBadge {...endpointState(webhook)} />
      <Text size="xs" c="dimmed">
        {disabledAt === null && failingSince !== null && (
          <>
            since <RelativeTime at={failingSince} />
          </>
        )}
        {disabledAt === null && failingSince === null && lastSuccessAt !== null && (
          <>
            last delivery <RelativeTime at={lastSuccessAt} />
          </>
        )}
      </Text>
    </>
  );
}

type VerbProps = Readonly<{ webhook: Webhook; onEdit: () => void; onSecret: (secret: string) => void }>;

function Verbs({ webhook: { name, shape, disabledAt }, onEdit, onSecret }: VerbProps) {
  const { test, enable, disable, rotate, remove } = useWebhookVerbs();
  const look = { size: "compact-sm", variant: "default" } as const;
  return (
    <>
      <VerbButton {...look} action="alerts.test" loading={test.isPending} onClick={() => test.mutate({ name })}>
        Test
      </VerbButton>
      <VerbButton {...look} action="alerts.updateEndpoint" onClick={onEdit}>
        Edit
      </VerbButton>
      {shape === "standard" && (
        <ConfirmButton
          action="alerts.rotateSecret"
          label="New secret"
          question={`Give ${name} a new secret?`}
          consequence="For 24 hours messages are signed with both secrets, so that the receiver has time to change."
          confirmLabel="Make a new secret"
          size="compact-sm"
          pending={rotate.isPending}
          onConfirm={() => rotate.mutate({ name }, { onSuccess: ({ signingSecret }) => onSecret(signingSecret) })}
        />
      )}
      {disabledAt === null ? (
        <ReasonButton
          action="alerts.disableEndpoint"
          label="Disable"
          question={`Disable ${name}?`}
          consequence="Nothing more is sent to it, and what is still waiting is dropped. When it is enabled again, it gets the open problems of that time."
          confirmLabel="Disable it"
          placeholder="the receiver is being moved"
          size="compact-sm"
          pending={disable.isPending}
          onConfirm={(reason) => disable.mutate({ name, reason })}
        />
      ) : (
        <VerbButton
          {...look}
          action="alerts.enableEndpoint"
          loading={enable.isPending}
          onClick={() => enable.mutate({ name })}
        >
          Enable
        </VerbButton>
      )}
      <ReasonButton
        action="alerts.removeEndpoint"
        label="Remove"
        question={`Remove ${name}?`}
        consequence="Its log of deliveries is removed too. The record of changes keeps that it was there."
        confirmLabel="Remove it"
        placeholder="it is not used any more"
        size="compact-sm"
        pending={remove.isPending}
        onConfirm={(reason) => remove.mutate({ name, reason })}
      />
    </>
  );
}
