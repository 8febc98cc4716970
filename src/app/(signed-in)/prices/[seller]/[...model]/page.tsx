import type { Metadata } from "next";
import { Suspense } from "react";
import { ModelScreen } from "#/ui/model/model-screen.tsx";
import { readModelPath } from "#/ui/price/model-path.model.ts";

type Props = Readonly<{
  params: Promise<{ seller: string; model: string[] }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { model } = readModelPath(await params);
  return { title: model };
}

export default async function ModelPage({ params, searchParams }: Props) {
  const { seller, model } = readModelPath(await params);
  const { variant } = await searchParams;
  const chosen = typeof variant === "string" && variant !== "" ? variant : "default";
  return (
    <Suspense>
      <ModelScreen key={`${seller} ${model} ${chosen}`} seller={seller} model={model} variant={chosen} />
    </Suspense>
  );
}
