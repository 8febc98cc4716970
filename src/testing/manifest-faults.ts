import { validate as validateDeployment } from "kubernetes-models/_schemas/IoK8sApiAppsV1Deployment";
import { validate as validateJob } from "kubernetes-models/_schemas/IoK8sApiBatchV1Job";
import { validate as validateIngress } from "kubernetes-models/_schemas/IoK8sApiNetworkingV1Ingress";
import { validate as validateBudget } from "kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget";
import { validate as validateService } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import { parseAllDocuments } from "yaml";
import { z } from "zod";

/** A function that ajv made of a schema of Kubernetes' API; it keeps the errors of its last call. */
type Validate = { (value: unknown): boolean; errors?: readonly SchemaError[] | null };
type SchemaError = Readonly<{ instancePath: string; keyword: string; params: unknown }>;

const VALIDATORS: Readonly<Record<string, Validate>> = {
  "apps/v1 Deployment": validateDeployment,
  "batch/v1 Job": validateJob,
  "networking.k8s.io/v1 Ingress": validateIngress,
  "policy/v1 PodDisruptionBudget": validateBudget,
  "v1 Service": validateService,
};

const header = z.object({ apiVersion: z.string(), kind: z.string(), metadata: z.object({ name: z.string() }) });

/** What Kubernetes would refuse in a text with manifests, or would pass over because it knows no such field. */
export function findManifestFaults(text: string): string[] {
  return parseAllDocuments(text).flatMap((document) => {
    const faults = [...document.errors, ...document.warnings].map(({ message }) => message);
    return faults.length > 0 ? faults : findFaults(document.toJS());
  });
}

function findFaults(manifest: unknown): string[] {
  const parsed = header.safeParse(manifest);
  if (!parsed.success) return [`A manifest has no apiVersion, kind or name: ${JSON.stringify(manifest)}`];
  const { apiVersion, kind, metadata } = parsed.data;
  const validate = VALIDATORS[`${apiVersion} ${kind}`];
  if (validate === undefined) return [`${kind} of ${apiVersion} is not known here`];
  // The schemas let unknown fields pass; but what ajv made of them reads every field that it knows, so one that is left is unknown.
  const read = new Set<string>();
  validate(watchReads(manifest, "", read));
  const errors = (validate.errors ?? []).map(
    ({ instancePath, keyword, params }) => `${instancePath} ${keyword} ${JSON.stringify(params)}`,
  );
  const unknown = listUnread(manifest, "", read).map((path) => `${path} is a field that Kubernetes does not know`);
  return [...errors, ...unknown].map((fault) => `${kind} ${metadata.name}: ${fault}`);
}

/** The value itself, but the paths of all fields that are read from it are added to `read`. */
function watchReads(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, name) {
      const at = `${path}/${String(name)}`;
      read.add(at);
      return watchReads(Reflect.get(target, name), at, read);
    },
  });
}

/** The topmost fields that are not among those that were read. */
function listUnread(value: unknown, path: string, read: ReadonlySet<string>): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${path}/${name}`;
    return read.has(at) ? listUnread(inner, at, read) : [at];
  });
}
