import { expect } from "vitest";
import { DOCUMENT_KINDS, type DocumentKind } from "#/sources/documents/document.ts";
import { CATALOGUE_DOCUMENTS } from "#/testing/catalogue-documents.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { fetched, openSyncWorld } from "#/testing/sync-world.ts";

/** A server whose sources serve `CATALOGUE_DOCUMENTS`, read once, and the key of a gateway. */
export async function openExports() {
  const world = await openSyncWorld();
  const doors = await openDoors(world);
  const url = await doors.listen();
  await world.startWorker();
  const served = new Map<DocumentKind, string>(Object.entries(CATALOGUE_DOCUMENTS) as [DocumentKind, string][]);
  for (const kind of DOCUMENT_KINDS) await world.addSource(kind, () => fetched(served.get(kind) ?? ""), kind);
  const sync = async () => {
    const { jobId } = await world.trigger({ sources: [...DOCUMENT_KINDS] });
    expect(await world.ended(jobId)).toMatchObject({ status: "success" });
    await doors.prices.refresh();
  };
  await sync();
  const headers = { authorization: `Bearer ${DOORS_KEY}`, "content-type": "application/json" };
  const body = JSON.stringify({ name: "gateway", role: "viewer" });
  const made = await fetch(`${url}/api/trpc/access.createKey`, { method: "POST", headers, body });
  const viewerKey = ((await made.json()) as { result: { data: { key: string } } }).result.data.key;
  return {
    world,
    url,
    viewerKey,
    /** What each source answers from now. */
    served,
    sync,
    async close() {
      await doors.close();
      await world.close();
    },
  };
}
