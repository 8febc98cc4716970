import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import { listThresholds } from "#/ui/sources/guard/threshold.model.ts";
import { SourceScreen } from "#/ui/sources/source-screen.tsx";

/** Rendered on the server, so that the rules' own code stays out of the browser: it gets their defaults as data. */
export function SourcePage({ name }: { name: string }) {
  return <SourceScreen name={name} thresholds={listThresholds(GUARD_DEFAULTS)} />;
}
