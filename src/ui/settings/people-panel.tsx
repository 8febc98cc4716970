"use client";

import { Button, Group, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { RoleSelect } from "#/ui/settings/role-select.tsx";
import type { Role } from "#/terms/role.ts";
import { ShownOnce } from "#/ui/settings/shown-once.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

/** Everybody who can sign in or is invited, and with which role. */
export function PeoplePanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const people = useQuery(trpc.access.users.queryOptions());
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [change, setChange] = useState<Change>();
  const settled = { onSettled: () => void queryClient.invalidateQueries(trpc.access.pathFilter()) };
  const inviting = useMutation(
    trpc.access.invite.mutationOptions({
      onError: (problem) => notifyFailure("The invitation was not made", problem),
      ...settled,
    }),
  );
  const roles = useMutation(
    trpc.access.setRole.mutationOptions({
      onSuccess: () => notifyDone({ message: "The role is changed." }),
      onError: (problem) => notifyFailure("The role was not changed", problem),
      ...settled,
    }),
  );
  const removing = useMutation(
    trpc.access.removeUser.mutationOptions({
      onSuccess: () => notifyDone({ message: "The account is removed and signed out everywhere." }),
      onError: (problem) => notifyFailure("The account was not removed", problem),
      ...settled,
    }),
  );
  const withdrawing = useMutation(
    trpc.access.withdrawInvite.mutationOptions({
      onSuccess: () => notifyDone({ message: "The invitation is withdrawn." }),
      onError: (problem) => notifyFailure("The invitation was not withdrawn", problem),
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
        <Group px={18} py="sm" gap="sm" align="end">
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
          note="It works once, within a week, and is shown only now. Whoever opens it chooses a password and is signed in."
          onClose={inviting.reset}
        />
      )}
      {change !== undefined && (
        <Dialog title={`Make ${change.email} ${change.role}?`} onClose={() => setChange(undefined)}>
          <ReasonForm
            consequence="It applies from their next request."
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
      <Loaded query={people} failed="The people could not be read" height={120}>
        {({ users, invites }) => (
          <>
            <DataTable
              label="People"
              columns={userColumns(setChange)}
              rows={users}
              rowKey={({ id }) => id}
              verbs={({ id, email: address }) => (
                <ReasonButton
                  action="access.removeUser"
                  label="Remove"
                  ariaLabel={`Remove ${address}`}
                  question={`Remove ${address}?`}
                  consequence="They are signed out everywhere and can’t sign in again. The record keeps what they did."
                  confirmLabel="Remove the account"
                  placeholder="has left the company"
                  size="compact-sm"
                  pending={removing.isPending}
                  onConfirm={(reason) => removing.mutate({ userId: id, reason })}
                />
              )}
            />
            {invites.length > 0 && (
              <DataTable
                label="Invitations"
                columns={INVITE_COLUMNS}
                rows={invites}
                rowKey={({ id }) => id}
                sortName="invites"
                verbs={({ id, email: address }) => (
                  <ConfirmButton
                    action="access.withdrawInvite"
                    label="Withdraw"
                    description={`Withdraw the invitation of ${address}`}
                    question={`Withdraw the invitation of ${address}?`}
                    consequence="The link that they were sent no longer works."
                    confirmLabel="Withdraw it"
                    size="compact-sm"
                    pending={withdrawing.isPending}
                    onConfirm={() => withdrawing.mutate({ id })}
                  />
                )}
              />
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

type User = Outputs["access"]["users"]["users"][number];
type Change = Readonly<{ userId: string; email: string; role: Role }>;

function userColumns(onChange: (change: Change) => void): readonly Column<User>[] {
  return [
    { id: "email", head: "E-mail", grows: true, cell: ({ email }) => email },
    {
      id: "role",
      head: "Role",
      cell: ({ id, email, role }) => (
        <RoleSelect
          size="xs"
          miw={104}
          aria-label={`Role of ${email}`}
          value={role}
          onPick={(picked) => onChange({ userId: id, email, role: picked })}
        />
      ),
    },
    { id: "since", head: "Since", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  ];
}

const INVITE_COLUMNS: readonly Column<Outputs["access"]["users"]["invites"][number]>[] = [
  { id: "email", head: "Invited", grows: true, cell: ({ email }) => email },
  { id: "role", head: "Role", cell: ({ role }) => role },
  { id: "by", head: "Invited by", cell: ({ invitedBy }) => invitedBy },
  { id: "until", head: "Valid until", cell: ({ expiresAt }) => <ComingTime at={expiresAt} as="instant" /> },
];
