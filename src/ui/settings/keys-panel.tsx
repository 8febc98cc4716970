"use client";

import { Button, Code, Group, NativeSelect, Skeleton, Table, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { RoleSelect } from "#/ui/settings/role-select.tsx";
import type { Role } from "#/terms/role.ts";
import { ShownOnce } from "#/ui/settings/shown-once.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

const LIFETIMES = [
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "", label: "until it is revoked" },
];

/** Keys of programs: made, shown once, and revoked. */
export function KeysPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery(trpc.access.keys.queryOptions());
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("90");
  const settled = { onSettled: () => void queryClient.invalidateQueries(trpc.access.pathFilter()) };
  const making = useMutation(
    trpc.access.createKey.mutationOptions({
      onError: (problem) => notifyFailure("No key was made", problem),
      ...settled,
    }),
  );
  const revoking = useMutation(
    trpc.access.revokeKey.mutationOptions({
      onSuccess: () => notifyDone({ message: "The key opens nothing any more." }),
      onError: (problem) => notifyFailure("The key was not revoked", problem),
      ...settled,
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    making.mutate({ name, role, ...(days === "" ? {} : { days: Number(days) }) }, { onSuccess: () => setName("") });
  };
  return (
    <Panel title="Keys for programs" flush>
      <form onSubmit={submit}>
        <Group px="md" py="sm" gap="sm" align="end">
          <TextInput
            label="Name"
            placeholder="nightly-job"
            pattern="[a-z0-9][a-z0-9._\-]*"
            title="Lower-case letters, digits, dots, dashes and underscores"
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            withAsterisk={false}
            style={{ flex: "1 1 200px" }}
          />
          <RoleSelect label="Role of the key" value={role} onPick={setRole} />
          <NativeSelect
            label="Good for"
            data={LIFETIMES}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={making.isPending}>
            Make a key
          </Button>
        </Group>
      </form>
      {making.data !== undefined && (
        <ShownOnce
          title="The key"
          what="the key"
          value={making.data.key}
          note="Send it as `Authorization: Bearer KEY`. It is shown only now; only its hash is kept."
          onClose={making.reset}
        />
      )}
      {data === undefined && error === null && <Skeleton h={120} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The keys could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.keys.length === 0 && <EmptyNote title="There is no key">Programs need one to come in.</EmptyNote>}
      {data !== undefined && data.keys.length > 0 && (
        <TableFrame label="Keys for programs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">Begins with</Table.Th>
              <Table.Th scope="col">Role</Table.Th>
              <Table.Th scope="col">Made</Table.Th>
              <Table.Th scope="col">Last used</Table.Th>
              <Table.Th scope="col">Good until</Table.Th>
              <Table.Th scope="col">Revoke it</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.keys.map((key) => (
              <KeyRow key={key.id} apiKey={key} pending={revoking.isPending} onRevoke={revoking.mutate} />
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}

type RowProps = Readonly<{
  apiKey: Outputs["access"]["keys"]["keys"][number];
  pending: boolean;
  onRevoke: (input: { name: string; reason: string }) => void;
}>;

function KeyRow({ apiKey, pending, onRevoke }: RowProps) {
  const { name, start, role, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt, revokedBy, isGood } = apiKey;
  return (
    <Table.Tr {...(isGood ? {} : { c: "dimmed" })}>
      <Table.Td>{name}</Table.Td>
      <Table.Td>
        <Code>{start}…</Code>
      </Table.Td>
      <Table.Td>{role}</Table.Td>
      <Table.Td>
        <RelativeTime at={createdAt} /> by {createdBy}
      </Table.Td>
      <Table.Td>{lastUsedAt === null ? "never" : <RelativeTime at={lastUsedAt} />}</Table.Td>
      <Table.Td>{expiresAt === null ? "it is revoked" : <ComingTime at={expiresAt} as="instant" />}</Table.Td>
      <Table.Td>
        {revokedAt === null ? (
          <ReasonButton
            action="access.revokeKey"
            label="Revoke"
            question={`Revoke the key ${name}?`}
            consequence="Programs that use it are turned away from now on. It can't be made good again."
            confirmLabel="Revoke it"
            placeholder="replaced by a new one"
            size="xs"
            pending={pending}
            onConfirm={(reason) => onRevoke({ name, reason })}
          />
        ) : (
          <Text size="sm">
            <RelativeTime at={revokedAt} /> by {revokedBy}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
