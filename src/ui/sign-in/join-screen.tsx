"use client";

import { PasswordInput, Text, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { EntryForm } from "#/ui/sign-in/entry-form.tsx";
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
    <EntryForm
      title="You are invited"
      problem={problem}
      pending={pending}
      submitLabel="Come in"
      form={{ onSubmit: (event) => void submit(event) }}
    >
      <Text size="sm" c="dimmed">
        Choose a password; your e-mail address and your role are known.
      </Text>
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
    </EntryForm>
  );
}
