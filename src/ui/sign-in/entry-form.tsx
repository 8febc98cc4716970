import { Alert, Button, Container, Paper, Stack, Title } from "@mantine/core";
import type { ComponentProps, ReactNode } from "react";
import { Wordmark } from "#/ui/shell/wordmark.tsx";

type Props = Readonly<{
  title: string;
  problem: string | undefined;
  pending: boolean;
  submitLabel: string;
  form: Pick<ComponentProps<"form">, "method" | "action" | "onSubmit">;
  children: ReactNode;
}>;

/** A form in front of the door: what it asks, and why it was refused. */
export function EntryForm({ title, problem, pending, submitLabel, form, children }: Props) {
  return (
    <Container component="main" size={400} py={{ base: 48, sm: 120 }}>
      <Stack gap="lg">
        <Wordmark />
        <Paper withBorder p="xl" bg="var(--card-background)">
          <form {...form}>
            <Stack gap="md">
              <Title order={1} size="h3">
                {title}
              </Title>
              <div role="alert">{problem !== undefined && <Alert color="red">{problem}</Alert>}</div>
              {children}
              <Button type="submit" loading={pending} fullWidth mt={4}>
                {submitLabel}
              </Button>
            </Stack>
          </form>
        </Paper>
      </Stack>
    </Container>
  );
}
