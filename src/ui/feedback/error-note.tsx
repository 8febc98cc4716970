import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { describeError } from "#/ui/feedback/describe-error.model.ts";

type Props = Readonly<{ title: string; error: unknown; onRetry?: () => void }>;

/** What failed, what it means, the id to quote, and a way on. */
export function ErrorNote({ title, error, onRetry }: Props) {
  const { message, requestId } = describeError(error);
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} aria-hidden />} title={title}>
      <Text size="sm">{message}</Text>
      {requestId !== undefined && (
        <Text size="xs" mt={4}>
          Id to quote: <code>{requestId}</code>
        </Text>
      )}
      {onRetry !== undefined && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}
