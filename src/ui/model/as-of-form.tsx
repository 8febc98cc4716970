"use client";

import { Alert, Button, Group, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { asOfWords, type AsOfInput } from "#/ui/model/as-of.model.ts";

type Props = Readonly<{ asOf: AsOfInput; onChange: (asOf: AsOfInput) => void }>;

/** Asks for the price at another instant, and as it was known at another one. */
export function AsOfForm({ asOf, onChange }: Props) {
  const isPast = asOfWords(asOf) !== "";
  const [opened, { open }] = useDisclosure(isPast);
  if (!opened)
    return (
      <Button variant="default" size="xs" onClick={open} w="fit-content">
        Look at another time
      </Button>
    );
  const change = (name: keyof AsOfInput, minute: string) => {
    const { [name]: _, ...others } = asOf;
    onChange(minute === "" ? others : { ...others, [name]: minute });
  };
  return (
    <>
      <Group align="end" gap="sm">
        <TextInput
          type="datetime-local"
          label="Price at (UTC)"
          value={asOf.at ?? ""}
          onChange={({ currentTarget: { value } }) => change("at", value)}
        />
        <TextInput
          type="datetime-local"
          label="As known at (UTC)"
          value={asOf.knownAt ?? ""}
          onChange={({ currentTarget: { value } }) => change("knownAt", value)}
        />
        <Button variant="default" disabled={!isPast} onClick={() => onChange({})}>
          Back to now
        </Button>
      </Group>
      {isPast && (
        <Alert color="blue" role="status" variant="light">
          What counted {asOfWords(asOf)}. Badges and the history are of now.
        </Alert>
      )}
    </>
  );
}
