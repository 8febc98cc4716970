import type { Metadata } from "next";
import { readQuery, type WithQuery } from "#/ui/address/read-query.ts";
import { loadModel } from "#/ui/model/load-model.ts";
import { readAsOf } from "#/ui/model/history/as-of.model.ts";
import { ModelScreen } from "#/ui/model/model-screen.tsx";
import { Prefetched } from "#/ui/prefetch/prefetched.tsx";
import { readModelPath } from "#/ui/price/model-path.model.ts";

type Props = WithQuery & Readonly<{ params: Promise<{ seller: string; model: string[] }> }>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { model } = readModelPath(await params);
  return { title: model };
}

export default async function ModelPage({ params, searchParams }: Props) {
  const query = await readQuery(searchParams);
  const variant = query.get("variant") ?? "";
  const offer = { ...readModelPath(await params), variant: variant === "" ? "default" : variant };
  const asOf = readAsOf(query);
  return (
    <Prefetched load={(trpc, queries) => loadModel(trpc, queries, { offer, asOf })}>
      <ModelScreen key={`${offer.seller} ${offer.model} ${offer.variant}`} {...offer} />
    </Prefetched>
  );
}
