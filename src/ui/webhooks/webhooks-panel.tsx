"use client";

import { Code, Group, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { ShownOnce } from "#/ui/settings/shown-once.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";
import { useWebhookVerbs } from "#/ui/webhooks/use-webhook-verbs.ts";
import { WebhookDialog } from "#/ui/webhooks/webhook-dialog.tsx";
import { endpointState, holdWords, SHAPE_WORDS, type Webhook } from "#/ui/webhooks/webhook-words.model.ts";

/** Who is told what, and whether it gets through. */
export function WebhooksPanel() {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.alerts.endpoints.queryOptions());
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
      {data === undefined && error === null && <Skeleton h={120} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The webhooks could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.endpoints.length === 0 && (
        <EmptyNote title="Nobody is told">
          Failed syncs, stale sources and held prices show on the pages only, until a webhook is added.
        </EmptyNote>
      )}
      {data !== undefined && data.endpoints.length > 0 && (
        <TableFrame label="Webhooks">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">Address</Table.Th>
              <Table.Th scope="col">Told</Table.Th>
              <Table.Th scope="col">State</Table.Th>
              <Table.Th scope="col">What you can do</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.endpoints.map((webhook) => (
              <WebhookRow key={webhook.id} webhook={webhook} onEdit={() => setEdited(webhook)} onSecret={setSecret} />
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
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
          note="The receiver checks with it who sends. It is shown only now, and stored encrypted."
          onClose={() => setSecret(undefined)}
        />
      )}
    </Panel>
  );
}

type RowProps = Readonly<{ webhook: Webhook; onEdit: () => void; onSecret: (secret: string) => void }>;

function WebhookRow({ webhook, onEdit, onSecret }: RowProps) {
  const { test, enable, disable, rotate, remove } = useWebhookVerbs();
  const { name, url, shape, events, holdSeconds, disabledAt, disabledReason, failingSince, lastSuccessAt } = webhook;
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td miw={120}>{name}</Table.Td>
      <Table.Td>
        <Code style={{ whiteSpace: "nowrap" }}>{url}</Code>
        <Text size="xs" c="dimmed">
          {SHAPE_WORDS[shape]}
        </Text>
      </Table.Td>
      <Table.Td miw={120}>
        <Text size="sm" title={events.join(", ")}>
          {countOf(events.length, "event")}
        </Text>
        <Text size="xs" c="dimmed">
          {holdWords(holdSeconds)}
        </Text>
      </Table.Td>
      <Table.Td miw={150} maw={280}>
        <WordBadge {...endpointState(webhook)} />
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere", whiteSpace: "normal" }}>
          {disabledAt !== null && disabledReason}
          {disabledAt === null && failingSince !== null && (
            <>
              since <RelativeTime at={failingSince} />
            </>
          )}
          {disabledAt === null && failingSince === null && lastSuccessAt !== null && (
            <>
              last one <RelativeTime at={lastSuccessAt} />
            </>
          )}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <VerbButton
            action="alerts.test"
            variant="default"
            size="xs"
            loading={test.isPending}
            onClick={() => test.mutate({ name })}
          >
            Test
          </VerbButton>
          <VerbButton action="alerts.updateEndpoint" variant="default" size="xs" onClick={onEdit}>
            Change
          </VerbButton>
          {shape === "standard" && (
            <ConfirmButton
              action="alerts.rotateSecret"
              label="New secret"
              question={`Give ${name} a new secret?`}
              consequence="For 24 hours the old one signs beside it, so that the receiver can change over."
              confirmLabel="Make a new one"
              size="xs"
              pending={rotate.isPending}
              onConfirm={() => rotate.mutate({ name }, { onSuccess: ({ signingSecret }) => onSecret(signingSecret) })}
            />
          )}
          {disabledAt === null ? (
            <ReasonButton
              action="alerts.disableEndpoint"
              label="Disable"
              question={`Send nothing to ${name} any more?`}
              consequence="What is still to be sent there is given up. When it is enabled again it is told what is wrong then."
              confirmLabel="Disable it"
              placeholder="the receiver is being moved"
              size="xs"
              pending={disable.isPending}
              onConfirm={(reason) => disable.mutate({ name, reason })}
            />
          ) : (
            <VerbButton
              action="alerts.enableEndpoint"
              variant="default"
              size="xs"
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
            consequence="Its log of deliveries goes with it. The record of changes remembers it."
            confirmLabel="Remove it"
            placeholder="nobody reads it any more"
            size="xs"
            pending={remove.isPending}
            onConfirm={(reason) => remove.mutate({ name, reason })}
          />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
