import { readFile } from "node:fs/promises";

/** Resident memory of a process in MiB, now and at its highest (Linux). */
export async function readMemory(pid: number): Promise<Readonly<{ mib: number; highestMib: number }>> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const read = (field: string) => Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1_024);
  return { mib: read("VmRSS"), highestMib: read("VmHWM") };
}
