"use client";

import { Anchor, CloseButton, SimpleGrid, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Panel } from "#/ui/feedback/panel.tsx";
import { useRefusal } from "#/ui/may/use-may.ts";
import { findNextSteps } from "#/ui/overview/next-steps.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** What somebody who has just begun may do next; only for who may do all of it, and until it is done or put away. */
export function NextStepsPanel() {
  const trpc = useTRPC();
  const isAdmin = useRefusal("access.keys") === undefined;
  const keys = useQuery({ ...trpc.access.keys.queryOptions(), enabled: isAdmin }).data;
  const held = useQuery(trpc.review.count.queryOptions()).data;
  const sources = useQuery(trpc.sources.list.queryOptions()).data;
  const runs = useQuery(trpc.syncs.list.queryOptions({ limit: 15 })).data;
  const [past, setPast] = useLocalStorage<string[]>({ key: "ratebook-next-steps-past", defaultValue: [] });
  if (keys === undefined || held === undefined || sources === undefined || runs === undefined) return null;

  const known = { held: held.open, runs: runs.syncs, sources: sources.sources, keys: keys.keys.length, past };
  const steps = findNextSteps(known);
  if (!isAdmin || steps.length === 0) return null;
  const close = (
    <CloseButton
      size="sm"
      aria-label="Put the next steps away"
      onClick={() => setPast([...past, ...steps.map(({ name }) => name)])}
    />
  );
  return (
    <Panel title="Next steps" aside={close}>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: steps.length }} spacing="lg" verticalSpacing="sm">
        {steps.map(({ name, href, label, why, isDoneByLooking }) => (
          <div key={name}>
            <Anchor
              size="sm"
              fw={550}
              onClick={() => {
                if (isDoneByLooking) setPast([...past, name]);
              }}
              renderRoot={(props) => <Link href={href} prefetch={false} {...props} />}
            >
              {label}
            </Anchor>
            <Text size="xs" c="dimmed">
              {why}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Panel>
  );
}
