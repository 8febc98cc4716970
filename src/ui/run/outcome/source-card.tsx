import { Anchor, List, Stack, Text } from "@mantine/core";
import { bytesInWords, count, countOf, spoken } from "#/ui/feedback/count.model.ts";
import { CopyText } from "#/ui/feedback/copy-text.tsx";
import { Facts, type Fact } from "#/ui/feedback/facts.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { PhaseWords } from "#/ui/run/progress/phase-words.tsx";
import { countsOf, type SourceLog, type SourceRow } from "#/ui/run/run-counts.model.ts";
import { SourceCountsTable } from "#/ui/run/outcome/source-counts-table.tsx";
import { UnreadFields } from "#/ui/sources/fields/unread-fields.tsx";

/** What one source came to in a run: its counts, what was rejected and why, and the payload that was read. */
export function SourceCard({ row: { name, progress, log } }: { row: SourceRow }) {
  const counts = countsOf(progress);
  return (
    <Panel title={name} aside={<PhaseWords progress={progress} />}>
      <Stack gap="sm">
        {progress.outcome === "unchanged" && <Text size="sm">Nothing has changed since it was read before.</Text>}
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
    ...(digest === null ? [] : [{ name: "Payload digest", value: <ArchivedDigest digest={digest} /> }]),
  ];
  return (
    <>
      {facts.length > 0 && <Facts facts={facts} />}
      {log.notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
      <Rejects log={log} />
      <UnreadFields fields={log.unreadFields} />
    </>
  );
}

function Rejects({ log: { rejectSamples, counts } }: { log: SourceLog }) {
  if (rejectSamples.length === 0) return null;
  const more = counts.rejected - rejectSamples.length;
  return (
    <details>
      <summary>
        <Text size="sm" span>
          {countOf(counts.rejected, "rejected entry", "rejected entries")}
        </Text>
      </summary>
      <List size="sm" spacing={4} mt={4}>
        {rejectSamples.map(({ path, reason, detail }) => (
          <List.Item key={`${path} ${reason} ${detail}`} style={{ overflowWrap: "anywhere" }}>
            <code>{path}</code>: {spoken(reason)}, {detail}
          </List.Item>
        ))}
        {more > 0 && <List.Item>and {count(more)} more, which are counted but not kept</List.Item>}
      </List>
    </details>
  );
}

/** A payload as it came, from the archive. */
function ArchivedDigest({ digest }: { digest: string }) {
  return (
    <CopyText value={digest} what="the payload digest">
      <Anchor size="sm" href={`/v1/payloads/${digest}`} download title={digest}>
        <code>{digest.slice(0, 12)}…</code>
      </Anchor>
    </CopyText>
  );
}

export function Digest({ digest }: { digest: string }) {
  return (
    <CopyText value={digest} what="the payload digest">
      <code title={digest}>{digest.slice(0, 12)}…</code>
    </CopyText>
  );
}
