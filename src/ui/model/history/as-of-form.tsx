"use client";

import { Alert, Button, Group, TextInput } from "@mantine/core";
import { useIsBrowser } from "#/ui/time/use-is-browser.ts";
import { asOfWords, type AsOfInput } from "#/ui/model/history/as-of.model.ts";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { instantOfLocalMinute, localMinuteOf, zoneName } from "#/ui/time/local-minute.model.ts";

/** Asks for the price at another instant, and as it was known at another one. The address has them in UTC. */
export function AsOfForm({ asOf }: { asOf: AsOfInput }) {
  const isPast = asOfWords(asOf) !== "";
  return (
    <>
      <Group align="end" gap="sm">
        <InstantInput label="Price at" name="at" asOf={asOf} />
        <InstantInput label="As known at" name="knownAt" asOf={asOf} />
        <Button variant="default" onClick={() => setInAddress({ at: undefined, knownAt: undefined, time: undefined })}>
          {isPast ? "Back to now" : "Close"}
        </Button>
      </Group>
      {isPast && (
        <Alert color="blue" role="status" variant="light" p="xs">
          The price in force {asOfWords(asOf)}. The holds and the history are those of now.
        </Alert>
      )}
    </>
  );
}

type Props = Readonly<{ label: string; name: keyof AsOfInput; asOf: AsOfInput }>;

function InstantInput({ label, name, asOf }: Props) {
  // The server does not know the reader's zone.
  const isMounted = useIsBrowser();
  const minute = asOf[name];
  return (
    <TextInput
      type="datetime-local"
      label={isMounted ? `${label} (${zoneName()})` : label}
      value={isMounted && minute !== undefined ? localMinuteOf(`${minute}Z`) : ""}
      onChange={({ currentTarget: { value } }) =>
        setInAddress({ [name]: instantOfLocalMinute(value)?.slice(0, 16), time: "past" })
      }
    />
  );
}
