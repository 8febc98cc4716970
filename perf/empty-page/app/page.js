// Rendered for every request, as our pages are.
export const dynamic = "force-dynamic";

export default function Page() {
  return <main />;
}
