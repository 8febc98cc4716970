import type { Metadata } from "next";
import { RunScreen } from "#/ui/run/run-screen.tsx";

type Props = Readonly<{ params: Promise<{ id: string }> }>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { id } = await params;
  return { title: `Sync ${id.slice(0, 8)}` };
}

export default async function RunPage({ params }: Props) {
  const { id } = await params;
  return <RunScreen key={id} jobId={id} />;
}
