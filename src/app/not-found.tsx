import { PlainPage } from "#/ui/shell/plain-page.tsx";

export default function NotFound() {
  return (
    <PlainPage
      title="There is nothing here"
      text="The address leads to no page. It may have been mistyped, or the page has moved."
    />
  );
}
