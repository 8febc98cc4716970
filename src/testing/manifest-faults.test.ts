import { expect, test } from "vitest";
import { findManifestFaults } from "#/testing/manifest-faults.ts";

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports:
    - name: http
      port: 80
      targetPort: http
`;

test("a service without faults has none", () => {
  expect(findManifestFaults(`${SERVICE}---\n${SERVICE}`)).toEqual([]);
});

test.for([
  [
    "a field in the wrong place",
    ["      targetPort", "targetPort"],
    "/targetPort is a field that Kubernetes does not know",
  ],
  ["a misspelt field", ["selector", "selectors"], "/spec/selectors is a field that Kubernetes does not know"],
  ["a misspelt field of a list's entry", ["targetPort", "target"], "/spec/ports/0/target is a field that"],
  ["a missing field", ["      port: 80\n", ""], '/spec/ports/0 required {"missingProperty":"port"}'],
  ["a number that is a text", ["port: 80", 'port: "80"'], '/spec/ports/0/port type {"type":"integer"}'],
  ["a text that is none", ["{ app: web }", "{ app: true }"], '/spec/selector/app type {"type":"string"}'],
] as const)("%s is a fault", ([, [from, to], fault]) => {
  const faults = findManifestFaults(SERVICE.replace(from, to));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(`Service web: ${fault}`);
});

test.for([
  ["a kind that this version of the API does not have", ["v1", "v1beta1"], "Service of v1beta1 is not known here"],
  ["a manifest without a name", ["  name: web\n", ""], "A manifest has no apiVersion, kind or name"],
  ["a field that is there twice", ["kind: Service\n", "kind: Service\nkind: Service\n"], "Map keys must be unique"],
] as const)("%s is a fault", ([, [from, to], fault]) => {
  const faults = findManifestFaults(SERVICE.replace(from, to));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(fault);
});
