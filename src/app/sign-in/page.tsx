import type { Metadata } from "next";
import { SignInScreen } from "#/ui/sign-in/sign-in-screen.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default function SignInPage() {
  return <SignInScreen />;
}
