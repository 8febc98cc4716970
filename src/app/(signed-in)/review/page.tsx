import type { Metadata } from "next";
import { AfterHydration } from "#/ui/shell/after-hydration.tsx";
import { ReviewScreen } from "#/ui/review/review-screen.tsx";

export const metadata: Metadata = { title: "Review" };

export default function ReviewPage() {
  return (
    <AfterHydration>
      <ReviewScreen />
    </AfterHydration>
  );
}
