import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";

type Props<Data> = Readonly<{
  query: Readonly<{ data: Data | undefined; error: unknown; refetch: () => unknown }>;
  /** Says what is missing when there is no answer: "The runs could not be read". */
  failed: string;
  /** About how high the content is, in pixels, so that nothing jumps when it comes. */
  height: number;
  children: (data: Data) => ReactNode;
}>;

/** What a query answers, or a place kept for it, or why there is none. An answer stays while a later one fails. */
export function Loaded<Data>({ query: { data, error, refetch }, failed, height, children }: Props<Data>) {
  if (data !== undefined) return children(data);
  if (error !== null) return <ErrorNote title={failed} error={error} onRetry={() => void refetch()} />;
  return <Skeleton h={height} role="img" aria-label="Loading" />;
}
