"use client";

import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useForeignChange } from "#/ui/address/use-foreign-change.ts";

const TYPING_PAUSE_MS = 120;

type Props = Readonly<{
  label: string;
  placeholder: string;
  search: string;
  /** Told of every key, for a list that is in memory. */
  onType?: ((text: string) => void) | undefined;
  onChange: (search: string) => void;
}>;

/** Words to search for; answers when the typing pauses. */
export function SearchBox({ label, placeholder, search, onType, onChange }: Props) {
  const [text, setText] = useState(search);
  const isSending = useForeignChange(search, setText);
  const send = useDebouncedCallback((value: string) => {
    isSending(value.trim());
    onChange(value.trim());
  }, TYPING_PAUSE_MS);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      maxLength={200}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        onType?.(currentTarget.value);
        send(currentTarget.value);
      }}
      flex="1 1 240px"
      autoComplete="off"
      spellCheck={false}
    />
  );
}
