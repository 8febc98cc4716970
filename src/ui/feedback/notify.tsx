import { Anchor, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import Link from "next/link";
import { describeError } from "#/ui/feedback/describe-error.model.ts";

const closeButtonProps = { "aria-label": "Close this message" };

type Done = Readonly<{ message: string; link?: Readonly<{ href: string; label: string }> }>;

export function notifyDone({ message, link }: Done): void {
  notifications.show({
    color: "teal",
    closeButtonProps,
    message: (
      <>
        {message}{" "}
        {link !== undefined && (
          <Anchor size="sm" underline="always" renderRoot={(props) => <Link href={link.href} {...props} />}>
            {link.label}
          </Anchor>
        )}
      </>
    ),
  });
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
