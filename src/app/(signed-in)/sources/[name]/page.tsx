import type { Metadata } from "next";
import { SourcePage } from "#/ui/sources/source-page.tsx";

type Props = Readonly<{ params: Promise<{ name: string }> }>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function Page({ params }: Props) {
  return <SourcePage name={decodeURIComponent((await params).name)} />;
}
