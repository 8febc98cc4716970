import { FileInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { decodeText, NOT_TEXT } from "#/terms/decode-text.ts";

type Props = Readonly<{ csv: string; onChange: (csv: string) => void }>;

/** A CSV, from a file or typed. */
export function CsvInput({ csv, onChange }: Props) {
  const [problem, setProblem] = useState<string>();
  const read = async (file: File) => {
    const text = decodeText(new Uint8Array(await file.arrayBuffer()));
    setProblem(text === undefined ? `${file.name} can’t be read: ${NOT_TEXT}` : undefined);
    if (text !== undefined) onChange(text);
  };
  return (
    <>
      <FileInput
        label="File"
        placeholder="Choose a file"
        accept=".csv,text/csv,text/plain"
        error={problem}
        onChange={(file) => file !== null && void read(file)}
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
