"use client";

import { Anchor, Container, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

type Props = Readonly<{ title: string; text: string; children?: ReactNode }>;

/** A page outside the shell that says one thing. */
export function PlainPage({ title, text, children }: Props) {
  return (
    <Container component="main" size="xs" py={120}>
      <Stack gap="sm">
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text c="dimmed">{text}</Text>
        {children}
        <Anchor renderRoot={(props) => <Link href="/" {...props} />}>Back to the overview</Anchor>
      </Stack>
    </Container>
  );
}
