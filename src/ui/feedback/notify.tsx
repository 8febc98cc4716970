import { Anchor, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import Link from "next/link";
import { describeError } from "#/ui/feedback/describe-error.model.ts";

const closeButtonProps = { "aria-label": "Close this message" };

type Done = Readonly<{
  message: string;
  link?: Readonly<{ href: string; label: string }>;
  /** Offered for ten seconds. */
  undo?: () => void;
}>;

const UNDO_MS = 10_000;

export function notifyDone({ message, link, undo }: Done): void {
  const id = notifications.show({
    color: "teal",
    ...(undo === undefined ? {} : { autoClose: UNDO_MS }),
    closeButtonProps,
    message: (
      <>
        {message}{" "}
        {link !== undefined && (
          <Anchor size="sm" underline="always" renderRoot={(props) => <Link href={link.href} {...props} />}>
            {link.label}
          </Anchor>
        )}
        {undo !== undefined && (
          <Anchor
            component="button"
            size="sm"
            underline="always"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            Undo
          </Anchor>
        )}
      </>
    ),
  });
}

/** Tells what is neither a success nor a failure. */
export function notifyNews(message: string): void {
  notifications.show({ color: "indigo", autoClose: UNDO_MS, closeButtonProps, message });
}

export function notifyFailure(title: string, error: unknown): void {
  const { message, requestId } = describeError(error);
  notifications.show({
    color: "red",
    title,
    autoClose: 15_000,
    closeButtonProps,
    message: (
      <>
        {message}
        {requestId !== undefined && <Text size="xs">Id to quote: {requestId}</Text>}
      </>
    ),
  });
}
