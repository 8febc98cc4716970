import type { ReactNode } from "react";
import { SignedInShell } from "#/ui/shell/signed-in-shell.tsx";

export default function SignedInLayout({ children }: { children: ReactNode }) {
  return <SignedInShell>{children}</SignedInShell>;
}
