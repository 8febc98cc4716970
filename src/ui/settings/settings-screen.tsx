"use client";

import { Grid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { AuditPanel } from "#/ui/settings/audit-panel.tsx";
import { KeysPanel } from "#/ui/settings/keys-panel.tsx";
import { PasswordPanel } from "#/ui/settings/password-panel.tsx";
import { PeoplePanel } from "#/ui/settings/people-panel.tsx";
import { SessionsPanel } from "#/ui/settings/sessions-panel.tsx";
import { useTRPC } from "#/ui/trpc.tsx";
import { WebhooksPanel } from "#/ui/webhooks/webhooks-panel.tsx";

/** Who may come in, with what, and what they have done. */
export function SettingsScreen() {
  const trpc = useTRPC();
  const { data: me, error, refetch } = useQuery(trpc.access.me.queryOptions());
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        Settings
      </Title>
      {me === undefined && error === null && <Skeleton h={320} />}
      {me === undefined && error !== null && (
        <ErrorNote title="Who you are could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {me !== undefined && (
        <>
          <Text size="sm" c="dimmed">
            You are {me.label}, with the role {me.role}. A viewer looks; an operator also syncs, reviews and pins; an
            admin also decides about sources, schedules, keys, webhooks and people.
          </Text>
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <SessionsPanel />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <PasswordPanel />
            </Grid.Col>
          </Grid>
          {me.role === "admin" ? (
            <>
              <PeoplePanel />
              <KeysPanel />
              <WebhooksPanel />
            </>
          ) : (
            <Panel title="People, keys and webhooks">
              <EmptyNote title="For admins">
                Ask one of them to invite somebody, to make a key for a program, or to tell it by a webhook.
              </EmptyNote>
            </Panel>
          )}
          {me.role === "viewer" ? (
            <Panel title="What was changed, and by whom">
              <EmptyNote title="For operators and admins">
                The record of changes can be read with either role.
              </EmptyNote>
            </Panel>
          ) : (
            <AuditPanel />
          )}
        </>
      )}
    </Stack>
  );
}
