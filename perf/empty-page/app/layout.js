/** The least that Next can serve: the floor for our pages (`perf/bench/page.ts`). */
export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
