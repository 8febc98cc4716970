import SignedInLayout from "./(signed-in)/layout.tsx";
import { NothingHere } from "#/ui/shell/nothing-here.tsx";

/** An address that leads nowhere is answered inside the shell, from where a reader goes on. */
export default function NotFound() {
  return (
    <SignedInLayout>
      <NothingHere />
    </SignedInLayout>
  );
}
