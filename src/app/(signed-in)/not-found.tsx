import { NothingHere } from "#/ui/shell/nothing-here.tsx";

export default function NotFound() {
  return <NothingHere />;
}
