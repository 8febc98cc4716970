"use client";

import { Grid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { PasswordPanel } from "#/ui/settings/password-panel.tsx";
import { SessionsPanel } from "#/ui/settings/sessions-panel.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Who the reader is, where they are signed in, and their password. */
export function AccountPanel() {
  const me = useQuery(useTRPC().access.me.queryOptions());
  return (
    <Stack gap="md">
      <Loaded query={me} failed="Your account could not be read" height={22}>
        {({ label, role }) => (
          <Text size="sm" c="dimmed">
            You are {label}, with the role {role}. Viewers can look. Operators can also sync, review and pin. Admins can
            also change sources, schedules, keys, webhooks and people.
          </Text>
        )}
      </Loaded>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <SessionsPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <PasswordPanel />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
