"use client";

import { Button, Group, Skeleton, Table, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { RoleSelect } from "#/ui/settings/role-select.tsx";
import type { Role } from "#/terms/role.ts";
import { ShownOnce } from "#/ui/settings/shown-once.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Everybody who can sign in, who has been asked in, and with which role. */
export function PeoplePanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery(trpc.access.users.queryOptions());
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [change, setChange] = useState<{ userId: string; email: string; role: Role }>();
  const settled = { onSettled: () => void queryClient.invalidateQueries(trpc.access.pathFilter()) };
  const inviting = useMutation(
    trpc.access.invite.mutationOptions({
      onError: (problem) => notifyFailure("Nobody was invited", problem),
      ...settled,
    }),
  );
  const roles = useMutation(
    trpc.access.setRole.mutationOptions({
      onSuccess: () => notifyDone({ message: "The role is changed, from the next click on." }),
      onError: (problem) => notifyFailure("The role was not changed", problem),
      ...settled,
    }),
  );
  const removing = useMutation(
    trpc.access.removeUser.mutationOptions({
      onSuccess: () => notifyDone({ message: "The account is gone, and signed out everywhere." }),
      onError: (problem) => notifyFailure("The account was not removed", problem),
      ...settled,
    }),
  );
  const withdrawing = useMutation(
    trpc.access.withdrawInvite.mutationOptions({
      onSuccess: () => notifyDone({ message: "The invitation is taken back." }),
      onError: (problem) => notifyFailure("The invitation was not taken back", problem),
      ...settled,
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    inviting.mutate({ email, role }, { onSuccess: () => setEmail("") });
  };
  return (
    <Panel title="People" flush>
      <form onSubmit={submit}>
        <Group px="md" py="sm" gap="sm" align="end">
          <TextInput
            type="email"
            label="E-mail"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            required
            withAsterisk={false}
            style={{ flex: "1 1 220px" }}
          />
          <RoleSelect label="Role" value={role} onPick={setRole} />
          <Button type="submit" variant="default" loading={inviting.isPending}>
            Invite
          </Button>
        </Group>
      </form>
      {inviting.data !== undefined && (
        <ShownOnce
          title="Send them this link"
          what="the link"
          value={`${location.origin}/join#${inviting.data.secret}`}
          note="It works once, within a week, and is shown only now. Whoever opens it chooses a password and comes in."
          onClose={inviting.reset}
        />
      )}
      {change !== undefined && (
        <Dialog title={`Make ${change.email} ${change.role}?`} onClose={() => setChange(undefined)}>
          <ReasonForm
            consequence="It holds from their next click on."
            confirmLabel="Change the role"
            placeholder="joined the operators"
            onCancel={() => setChange(undefined)}
            onConfirm={(reason) => {
              roles.mutate({ userId: change.userId, role: change.role, reason });
              setChange(undefined);
            }}
          />
        </Dialog>
      )}
      {data === undefined && error === null && <Skeleton h={120} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The people could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && (
        <TableFrame label="People">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">E-mail</Table.Th>
              <Table.Th scope="col">Role</Table.Th>
              <Table.Th scope="col">Since</Table.Th>
              <Table.Th scope="col">Change it</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.users.map((user) => (
              <Table.Tr key={user.id}>
                <Table.Td>{user.email}</Table.Td>
                <Table.Td>
                  <RoleSelect
                    size="xs"
                    miw={104}
                    aria-label={`Role of ${user.email}`}
                    value={user.role}
                    onPick={(picked) => setChange({ userId: user.id, email: user.email, role: picked })}
                  />
                </Table.Td>
                <Table.Td>
                  <RelativeTime at={user.createdAt} />
                </Table.Td>
                <Table.Td>
                  <ReasonButton
                    action="access.removeUser"
                    label="Remove"
                    question={`Remove ${user.email}?`}
                    consequence="They are signed out everywhere and can't sign in again. What they did stays in the record."
                    confirmLabel="Remove the account"
                    placeholder="has left the company"
                    size="xs"
                    pending={removing.isPending}
                    onConfirm={(reason) => removing.mutate({ userId: user.id, reason })}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
            {data.invites.map((invite) => (
              <Table.Tr key={invite.id}>
                <Table.Td>{invite.email}</Table.Td>
                <Table.Td>{invite.role}</Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed">
                    invited by {invite.invitedBy}, good until <ComingTime at={invite.expiresAt} as="instant" />
                  </Text>
                </Table.Td>
                <Table.Td>
                  <ConfirmButton
                    action="access.withdrawInvite"
                    label="Take back"
                    description={`Take back the invitation of ${invite.email}`}
                    question={`Take back the invitation of ${invite.email}?`}
                    consequence="The link that they were sent opens nothing any more."
                    confirmLabel="Take it back"
                    size="xs"
                    pending={withdrawing.isPending}
                    onConfirm={() => withdrawing.mutate({ id: invite.id })}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}
