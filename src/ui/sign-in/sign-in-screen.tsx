"use client";

import { PasswordInput, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { EntryForm } from "#/ui/sign-in/entry-form.tsx";
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
    <EntryForm
      title="Sign in"
      problem={problem}
      pending={pending}
      submitLabel="Sign in"
      form={{ method: "post", action: "/sign-in", onSubmit: (event) => void submit(event) }}
    >
      <TextInput name="email" type="email" label="E-mail" autoComplete="username" required withAsterisk={false} />
      <PasswordInput
        name="password"
        label="Password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
      />
    </EntryForm>
  );
}

function readText(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}
