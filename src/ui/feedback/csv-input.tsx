import { FileInput, Textarea } from "@mantine/core";

type Props = Readonly<{ csv: string; onChange: (csv: string) => void }>;

/** A CSV, from a file or typed. */
export function CsvInput({ csv, onChange }: Props) {
  return (
    <>
      <FileInput
        label="File"
        placeholder="Choose a file"
        accept=".csv,text/csv,text/plain"
        onChange={(file) => void file?.text().then(onChange)}
      />
      <Textarea
        label="CSV"
        value={csv}
        minRows={4}
        maxRows={10}
        autosize
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </>
  );
}
