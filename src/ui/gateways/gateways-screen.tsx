"use client";

import { Anchor, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useIsBrowser } from "#/ui/time/use-is-browser.ts";
import Link from "next/link";
import { CopyText } from "#/ui/feedback/copy-text.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { GATEWAY_CLIENTS } from "#/ui/gateways/clients.model.ts";

/** What to paste where, so that a gateway takes its prices from this server. `askedAt`: its origin, by the request. */
export function GatewaysScreen({ askedAt }: { askedAt: string }) {
  const server = useIsBrowser() ? location.origin : askedAt;
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          Gateways
        </Title>
        <Text c="dimmed" size="sm" maw={720}>
          Each format is the last good document of its first-ranked source, with the prices in force in the place of its
          own. Make a key with the role viewer under{" "}
          <Anchor size="sm" underline="always" renderRoot={(props) => <Link href="/settings/keys" {...props} />}>
            Settings
          </Anchor>{" "}
          and put it where KEY stands. In an address, such a key reads prices and opens nothing else.
        </Text>
      </div>
      {GATEWAY_CLIENTS.map(({ name, words, lines }) => (
        <Panel
          key={name}
          title={name}
          aside={
            <CopyText value={lines(server)} what={`the lines for ${name}`}>
              {null}
            </CopyText>
          }
        >
          <Text size="sm" mb="xs">
            {words}
          </Text>
          <Code block tabIndex={0} aria-label={`Lines for ${name}`}>
            {lines(server)}
          </Code>
        </Panel>
      ))}
      <Group gap={4}>
        <Text size="sm">Every route is described under</Text>
        <Anchor size="sm" underline="always" href="/docs/api">
          the API
        </Anchor>
      </Group>
    </Stack>
  );
}
