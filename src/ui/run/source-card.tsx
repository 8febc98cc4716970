import { List, Spoiler, Stack, Text } from "@mantine/core";
import { bytesInWords, countOf, spoken } from "#/ui/feedback/count.model.ts";
import { CopyText } from "#/ui/feedback/copy-text.tsx";
import { Facts, type Fact } from "#/ui/feedback/facts.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { PhaseWords } from "#/ui/run/phase-words.tsx";
import { countsOf, type SourceLog, type SourceRow } from "#/ui/run/run-counts.model.ts";
import { SourceCountsTable } from "#/ui/run/source-counts-table.tsx";
import { UnreadFields } from "#/ui/sources/unread-fields.tsx";

/** How one source went in a run. */
export function SourceCard({ row: { name, progress, log } }: { row: SourceRow }) {
  const counts = countsOf(progress);
  return (
    <Panel title={name} aside={<PhaseWords progress={progress} />}>
      <Stack gap="sm">
        {progress.error !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" style={{ overflowWrap: "anywhere" }}>
            {progress.error}
          </Text>
        )}
        {progress.outcome === "unchanged" && <Text size="sm">The payload is the same as the one applied before.</Text>}
        {counts !== undefined && <SourceCountsTable counts={counts} compared={progress.outcome === "applied"} />}
        {log !== undefined && <LogFacts log={log} />}
      </Stack>
    </Panel>
  );
}

function LogFacts({ log }: { log: SourceLog }) {
  const digest = log.payloadDigest;
  const facts: Fact[] = [
    ...(log.httpStatus === null ? [] : [{ name: "HTTP status", value: log.httpStatus }]),
    ...(log.bytes === null ? [] : [{ name: "Payload", value: bytesInWords(log.bytes) }]),
    ...(digest === null ? [] : [{ name: "Payload digest", value: <Digest digest={digest} /> }]),
    ...milliseconds("Fetch", log.fetchMs),
    ...milliseconds("Parse", log.parseMs),
    ...milliseconds("Apply", log.applyMs),
  ];
  return (
    <>
      <Facts facts={facts} />
      {log.notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
      <UnreadFields fields={log.unreadFields} />
      {log.rejectSamples.length > 0 && (
        <Spoiler
          maxHeight={0}
          showLabel={`Show ${countOf(log.rejectSamples.length, "rejected entry", "rejected entries")}`}
          hideLabel="Hide them"
        >
          <List size="sm" spacing={4} mt={4}>
            {log.rejectSamples.map(({ path, reason, detail }) => (
              <List.Item key={`${path} ${reason} ${detail}`} style={{ overflowWrap: "anywhere" }}>
                <code>{path}</code>: {spoken(reason)}, {detail}
              </List.Item>
            ))}
          </List>
        </Spoiler>
      )}
    </>
  );
}

function milliseconds(name: string, value: number | null): Fact[] {
  return value === null ? [] : [{ name, value: `${value} ms` }];
}

export function Digest({ digest }: { digest: string }) {
  return (
    <CopyText value={digest} what="the payload digest">
      <code title={digest}>{digest.slice(0, 12)}…</code>
    </CopyText>
  );
}
