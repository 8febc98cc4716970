"use client";

import { Anchor, Group, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { bytesInWords, countOf, spoken } from "#/ui/feedback/count.model.ts";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { OutcomeBadge, WordBadge } from "#/ui/run/run-badge.tsx";
import { UnreadFields } from "#/ui/sources/unread-fields.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Source = Outputs["sources"]["list"]["sources"][number];
type Test = Outputs["sources"]["test"];

// Most visits add nothing; the form is fetched when it is asked for.
const AddSourceDialog = dynamic(() =>
  import("#/ui/sources/add-source-dialog.tsx").then((module) => module.AddSourceDialog),
);

/** Where prices are read from, in the order of rank; each can be tried without writing anything. */
export function SourcesScreen() {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.sources.list.queryOptions());
  const [opened, { open, close }] = useDisclosure(false);
  const [tests, setTests] = useState<Readonly<Record<string, Test>>>({});
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <Title order={1} size="h2">
          Sources
        </Title>
        <VerbButton action="sources.add" variant="default" disabled={data === undefined} onClick={open}>
          Add a source
        </VerbButton>
      </Group>
      <Text size="sm" c="dimmed">
        In the order of rank: where two sources price the same offer, the upper one counts. A test fetches and reads,
        and writes nothing.
      </Text>
      {opened && data !== undefined && <AddSourceDialog kinds={data.kinds} onClose={close} />}
      {data === undefined && error === null && <Skeleton h={220} />}
      {data === undefined && error !== null && (
        <ErrorNote title="The sources could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && (
        <Panel title={countOf(data.sources.length, "source")} flush>
          <TableFrame label="Sources">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Source</Table.Th>
                <Table.Th scope="col">Address</Table.Th>
                <Table.Th scope="col">Last success</Table.Th>
                <Table.Th scope="col">Last outcome</Table.Th>
                <Table.Th scope="col">Try it</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.sources.map((source) => (
                <SourceRow
                  key={source.name}
                  source={source}
                  test={tests[source.name]}
                  onTested={(test) => setTests((all) => ({ ...all, [source.name]: test }))}
                />
              ))}
            </Table.Tbody>
          </TableFrame>
        </Panel>
      )}
    </Stack>
  );
}

type RowProps = Readonly<{ source: Source; test: Test | undefined; onTested: (test: Test) => void }>;

function SourceRow({ source, test, onTested }: RowProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = () => void queryClient.invalidateQueries(trpc.sources.pathFilter());
  const onError = (error: unknown) => notifyFailure("The source was not changed", error);
  const probe = useMutation(
    trpc.sources.test.mutationOptions({
      onSuccess: onTested,
      onError: (error) => notifyFailure("The source could not be tested", error),
    }),
  );
  const enable = useMutation(trpc.sources.enable.mutationOptions({ onError, onSettled }));
  const disable = useMutation(trpc.sources.disable.mutationOptions({ onError, onSettled }));
  const { name } = source;
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Th scope="row" style={{ color: "inherit", fontSize: "inherit" }}>
        <Anchor size="sm" renderRoot={(props) => <Link href={`/sources/${name}`} prefetch={false} {...props} />}>
          {name}
        </Anchor>{" "}
        {!source.enabled && <WordBadge color="gray" words="disabled" />}
        <Text size="xs" c="dimmed">
          {source.kind}
        </Text>
      </Table.Th>
      <Table.Td style={{ overflowWrap: "anywhere" }} maw={280} miw={180}>
        {source.url}
        {source.apiKeyEnv !== null && (
          <Text size="xs" c="dimmed">
            key from {source.apiKeyEnv}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{source.lastSuccessAt === null ? "never" : <RelativeTime at={source.lastSuccessAt} />}</Table.Td>
      <Table.Td miw={160}>
        {source.lastOutcome === null ? "not tried yet" : <OutcomeBadge outcome={source.lastOutcome} />}
        {source.lastError !== null && (
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            {source.lastError}
          </Text>
        )}
      </Table.Td>
      <Table.Td miw={220}>
        <Group gap="xs" wrap="nowrap">
          <VerbButton
            action="sources.test"
            size="xs"
            variant="default"
            loading={probe.isPending}
            aria-label={`Test ${name}`}
            onClick={() => probe.mutate({ name })}
          >
            Test
          </VerbButton>
          {source.enabled ? (
            <ReasonButton
              action="sources.disable"
              label="Disable"
              ariaLabel={`Disable ${name}`}
              size="xs"
              question={`Disable ${name}?`}
              consequence="Syncs no longer read it. Its prices stay in the book and count as they do now."
              confirmLabel="Disable it"
              placeholder="why it is not read for now"
              pending={disable.isPending}
              onConfirm={(reason) => disable.mutate({ name, reason })}
            />
          ) : (
            <VerbButton
              action="sources.enable"
              size="xs"
              variant="default"
              aria-label={`Enable ${name}`}
              loading={enable.isPending}
              onClick={() => enable.mutate({ name })}
            >
              Enable
            </VerbButton>
          )}
        </Group>
        {test !== undefined && (
          <>
            <TestNote test={test} />
            <UnreadFields fields={test.unreadFields} />
          </>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function TestNote({ test }: { test: Test }) {
  const states = Object.entries(test.offers).map(([state, offers]) => `${offers} ${state}`);
  const rejects = Object.entries(test.rejected).map(([reason, entries]) => `${entries} ${spoken(reason)}`);
  return (
    <Text size="sm" mt={6} role="status" style={{ overflowWrap: "anywhere" }}>
      <WordBadge color={test.ok ? "teal" : "red"} words={test.ok ? "readable" : "not readable"} /> {test.message}
      {states.length > 0 && `: ${states.join(", ")}`}
      {rejects.length > 0 && `; rejected ${rejects.join(", ")}`}
      {test.bytes !== null && ` (${bytesInWords(test.bytes)} in ${test.fetchMs ?? 0} ms)`}
    </Text>
  );
}
