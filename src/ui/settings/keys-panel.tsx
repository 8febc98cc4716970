"use client";

import { Button, Code, Group, NativeSelect, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { RoleSelect } from "#/ui/settings/role-select.tsx";
import type { Role } from "#/terms/role.ts";
import { ShownOnce } from "#/ui/settings/shown-once.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Key = Outputs["access"]["keys"]["keys"][number];

const LIFETIMES = [
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "", label: "until it is revoked" },
];

/** Keys of programs: made, shown once, and revoked. */
export function KeysPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const keys = useQuery(trpc.access.keys.queryOptions());
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("90");
  const settled = { onSettled: () => void queryClient.invalidateQueries(trpc.access.pathFilter()) };
  const making = useMutation(
    trpc.access.createKey.mutationOptions({
      onError: (problem) => notifyFailure("The key was not made", problem),
      ...settled,
    }),
  );
  const revoking = useMutation(
    trpc.access.revokeKey.mutationOptions({
      onSuccess: () => notifyDone({ message: "The key is revoked. It no longer works." }),
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
        <Group px={18} py="sm" gap="sm" align="end">
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
            label="Valid for"
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
          note="Send it as `Authorization: Bearer KEY`. It is shown only now, because only its hash is stored."
          onClose={making.reset}
        />
      )}
      <Loaded query={keys} failed="The keys could not be read" height={120}>
        {({ keys: all, hasBootstrapKey }) => (
          <>
            {hasBootstrapKey && <BootstrapNote />}
            {all.length === 0 && !hasBootstrapKey && (
              <EmptyNote title="There is no key">A program needs one to use the API.</EmptyNote>
            )}
            {all.length > 0 && (
              <DataTable
                label="Keys for programs"
                columns={COLUMNS}
                rows={all}
                rowKey={({ id }) => id}
                verbs={(key) => <Revoke apiKey={key} pending={revoking.isPending} onRevoke={revoking.mutate} />}
              />
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

const COLUMNS: readonly Column<Key>[] = [
  { id: "name", head: "Name", grows: true, cell: ({ name }) => name },
  { id: "start", head: "Begins with", cell: ({ start }) => <Code>{start}…</Code> },
  { id: "role", head: "Role", cell: ({ role }) => role },
  {
    id: "made",
    head: "Made",
    cell: ({ createdAt, createdBy }) => (
      <>
        <RelativeTime at={createdAt} /> by {createdBy}
      </>
    ),
  },
  {
    id: "used",
    head: "Last used",
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <RelativeTime at={lastUsedAt} />),
  },
  { id: "until", head: "Valid until", cell: (key) => <ValidUntil apiKey={key} /> },
];

function ValidUntil({ apiKey: { expiresAt, revokedAt, revokedBy } }: { apiKey: Key }) {
  if (revokedAt !== null)
    return (
      <>
        revoked <RelativeTime at={revokedAt} /> by {revokedBy}
      </>
    );
  return expiresAt === null ? "it is revoked" : <ComingTime at={expiresAt} as="instant" />;
}

/** The key of the environment is in no table, but it opens everything. */
function BootstrapNote() {
  return (
    <Text size="sm" px={18} pb="sm">
      <b>bootstrap</b>: a key with the role admin is set in the environment as <Code>ADMIN_API_KEY</Code>. To revoke it,
      remove the variable and restart the server.
    </Text>
  );
}

type RevokeProps = Readonly<{
  apiKey: Key;
  pending: boolean;
  onRevoke: (input: { name: string; reason: string }) => void;
}>;

function Revoke({ apiKey: { name, revokedAt }, pending, onRevoke }: RevokeProps) {
  if (revokedAt !== null) return null;
  return (
    <ReasonButton
      action="access.revokeKey"
      label="Revoke"
      ariaLabel={`Revoke ${name}`}
      question={`Revoke the key ${name}?`}
      consequence="Programs that use it are refused from now on. It can’t be made valid again."
      confirmLabel="Revoke it"
      placeholder="replaced by a new one"
      size="compact-sm"
      pending={pending}
      onConfirm={(reason) => onRevoke({ name, reason })}
    />
  );
}
