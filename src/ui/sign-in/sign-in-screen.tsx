"use client";

import { Alert, Button, Container, Paper, PasswordInput, Stack, TextInput, Title } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { Wordmark } from "#/ui/shell/wordmark.tsx";
import { readNextPath } from "#/ui/sign-in/next-path.model.ts";
import { signIn } from "#/ui/sign-in/session.ts";

export function SignInScreen() {
  const [problem, setProblem] = useState<string>();
  const [pending, setPending] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setPending(true);
    const refusal = await signIn(readText(fields, "email"), readText(fields, "password"));
    if (refusal === undefined) return location.assign(readNextPath(new URLSearchParams(location.search).get("next")));
    setProblem(refusal);
    setPending(false);
  };

  return (
    <Container component="main" size={400} py={{ base: 48, sm: 120 }}>
      <Stack gap="lg">
        <Wordmark />
        <Paper withBorder p="xl" bg="var(--card-background)">
          <form method="post" action="/sign-in" onSubmit={(event) => void submit(event)}>
            <Stack gap="md">
              <Title order={1} size="h3">
                Sign in
              </Title>
              <div role="alert">{problem !== undefined && <Alert color="red">{problem}</Alert>}</div>
              <TextInput
                name="email"
                type="email"
                label="E-mail"
                autoComplete="username"
                required
                withAsterisk={false}
              />
              <PasswordInput
                name="password"
                label="Password"
                autoComplete="current-password"
                required
                withAsterisk={false}
                visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
              />
              <Button type="submit" loading={pending} fullWidth mt={4}>
                Sign in
              </Button>
            </Stack>
          </form>
        </Paper>
      </Stack>
    </Container>
  );
}

function readText(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}
