"use client";

import { Button } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useState } from "react";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { signOut } from "#/ui/sign-in/session.ts";

export function SignOutButton() {
  const [pending, setPending] = useState(false);
  const leave = async () => {
    setPending(true);
    try {
      await signOut();
      location.assign("/sign-in");
    } catch (error) {
      setPending(false);
      notifyFailure("You are still signed in", error);
    }
  };
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      loading={pending}
      onClick={() => void leave()}
      aria-label="Sign out"
      leftSection={<IconLogout size={17} stroke={1.7} aria-hidden />}
      styles={{ label: { fontWeight: 500 } }}
    >
      Sign out
    </Button>
  );
}
