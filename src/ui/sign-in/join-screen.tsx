"use client";

import { Alert, Button, Container, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { Wordmark } from "#/ui/shell/wordmark.tsx";
import { join, signIn } from "#/ui/sign-in/session.ts";

/** Where an invitation leads: what stands behind the # is sent only with this form, never in an address. */
export function JoinScreen() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string>();
  const [pending, setPending] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    const answer = await join({ secret: location.hash.slice(1), name, password });
    const refusal = "problem" in answer ? answer.problem : await signIn(answer.email, password);
    if (refusal === undefined) return location.assign("/");
    setProblem(refusal);
    setPending(false);
  };

  return (
    <Container component="main" size={400} py={{ base: 48, sm: 120 }}>
      <Stack gap="lg">
        <Wordmark />
        <Paper withBorder p="xl" bg="var(--card-background)">
          <form onSubmit={(event) => void submit(event)}>
            <Stack gap="md">
              <Title order={1} size="h3">
                You are invited
              </Title>
              <Text size="sm" c="dimmed">
                Choose a password; your e-mail address and your role are known.
              </Text>
              <div role="alert">{problem !== undefined && <Alert color="red">{problem}</Alert>}</div>
              <TextInput
                label="Your name"
                autoComplete="name"
                maxLength={100}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                required
                withAsterisk={false}
              />
              <PasswordInput
                label="Password"
                description="At least 8 characters"
                autoComplete="new-password"
                minLength={8}
                maxLength={128}
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
                required
                withAsterisk={false}
                visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
              />
              <Button type="submit" loading={pending} fullWidth mt={4}>
                Come in
              </Button>
            </Stack>
          </form>
        </Paper>
      </Stack>
    </Container>
  );
}
