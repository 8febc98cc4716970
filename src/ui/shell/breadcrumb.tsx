import { Anchor, Title } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

/** The way back, and the page's title. */
export function Breadcrumb({ href, label, title }: { href: string; label: string; title: ReactNode }) {
  return (
    <div style={{ minWidth: 0 }}>
      <Anchor size="sm" renderRoot={(props) => <Link href={href} {...props} />}>
        ← {label}
      </Anchor>
      <Title order={1} size="h2" mt={2} style={{ overflowWrap: "anywhere" }}>
        {title}
      </Title>
    </div>
  );
}
