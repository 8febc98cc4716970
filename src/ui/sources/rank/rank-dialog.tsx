"use client";

import { ActionIcon, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconArrowDown, IconArrowUp, IconGripVertical } from "@tabler/icons-react";
import { useState, type KeyboardEvent } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { moveTo } from "#/ui/sources/rank/rank.model.ts";
import classes from "#/ui/sources/rank/rank-dialog.module.css";
import { SettledNote, TRIAL_REASON } from "#/ui/sources/rank/settled-note.tsx";
import { useTRPC, useTRPCClient } from "#/ui/trpc.tsx";

/** Somebody who presses a key several times asks for the last place alone. */
const PAUSE_MS = 300;
type Move = Readonly<{ name: string; place: number }>;
type Props = Readonly<{
  /** In the order of rank. */
  names: readonly string[];
  onClose: () => void;
}>;

/** Moves one source to another place, by dragging or by keys; which prices that changes is shown before it is done. */
export function RankDialog({ names, onClose }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [move, setMove] = useState<Move>();
  const save = useMutation(
    trpc.sources.rank.mutationOptions({
      onSuccess: ({ changed }, { name, rank }) => {
        notifyDone({ message: `${name} is now in place ${rank}. ${countOf(changed, "price")} changed.` });
        onClose();
      },
      onError: (error) => notifyFailure("The source was not moved", error),
      onSettled: () => void queryClient.invalidateQueries(),
    }),
  );
  const isMoved = move !== undefined && names.indexOf(move.name) !== move.place - 1;
  return (
    <Dialog title="Change the order of the sources" size="lg" onClose={onClose}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Where several sources list the same model of the same seller, the price of the first one is in force. Drag a
          source, or use its arrows or the arrow keys.
        </Text>
        <Order names={names} move={isMoved ? move : undefined} onMove={setMove} />
        {isMoved && (
          <>
            <Trial move={move} />
            <ReasonForm
              consequence={`${move.name} moves from place ${names.indexOf(move.name) + 1} to place ${move.place}.`}
              confirmLabel="Move it"
              placeholder="its prices are more recent"
              isDangerous={false}
              pending={save.isPending}
              onCancel={onClose}
              onConfirm={(reason) => save.mutate({ name: move.name, rank: move.place, reason })}
            />
          </>
        )}
      </Stack>
    </Dialog>
  );
}

/** What the move would change, asked for when it rests. */
function Trial({ move }: { move: Move }) {
  const client = useTRPCClient();
  const [{ name, place }] = useDebouncedValue(move, PAUSE_MS);
  const trial = useQuery({
    queryKey: ["trial of a rank", name, place],
    queryFn: ({ signal }) =>
      client.sources.rank.mutate({ name, rank: place, reason: TRIAL_REASON, dryRun: true }, { signal }),
    retry: false,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <div role="status" aria-label="What the move changes" style={{ minHeight: 24 }}>
      <Loaded query={trial} failed="The move can’t be tried" height={24}>
        {(settled) => <SettledNote settled={settled} />}
      </Loaded>
    </div>
  );
}

type OrderProps = Readonly<{ names: readonly string[]; move: Move | undefined; onMove: (move: Move) => void }>;

function Order({ names, move, onMove }: OrderProps) {
  const [dragged, setDragged] = useState<string>();
  const order = move === undefined ? names : moveTo(names, move.name, move.place);
  // One source is moved at a time: with another one the first is back in its place.
  const moveBy = (name: string, places: number) => {
    const from = move?.name === name ? move.place : names.indexOf(name) + 1;
    onMove({ name, place: Math.min(names.length, Math.max(1, from + places)) });
  };
  const onKeyDown = (name: string) => (event: KeyboardEvent) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    moveBy(name, event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <ol className={classes["list"]} aria-label="Order of the sources">
      {order.map((name, index) => (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its buttons move it as well
        <li
          key={name}
          className={classes["item"]}
          data-moved={move?.name === name || undefined}
          draggable
          onDragStart={() => setDragged(name)}
          onDragEnd={() => setDragged(undefined)}
          onDragOver={(event) => {
            if (dragged === undefined) return;
            event.preventDefault();
            if (dragged !== name) onMove({ name: dragged, place: index + 1 });
          }}
        >
          <IconGripVertical size={16} aria-hidden color="var(--mantine-color-dimmed)" />
          <span>{index + 1}</span>
          <span className={classes["name"]}>{name}</span>
          <ArrowButton label={`Move ${name} up`} isUp onKeyDown={onKeyDown(name)} onClick={() => moveBy(name, -1)} />
          <ArrowButton
            label={`Move ${name} down`}
            isUp={false}
            onKeyDown={onKeyDown(name)}
            onClick={() => moveBy(name, 1)}
          />
        </li>
      ))}
    </ol>
  );
}

type ArrowProps = Readonly<{
  label: string;
  isUp: boolean;
  onKeyDown: (event: KeyboardEvent) => void;
  onClick: () => void;
}>;

function ArrowButton({ label, isUp, onKeyDown, onClick }: ArrowProps) {
  const Icon = isUp ? IconArrowUp : IconArrowDown;
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onKeyDown={onKeyDown} onClick={onClick}>
      <Icon size={16} aria-hidden />
    </ActionIcon>
  );
}
