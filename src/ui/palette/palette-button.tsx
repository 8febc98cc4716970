"use client";

import { Button, Kbd } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import classes from "#/ui/palette/palette-button.module.css";

// Most visits ask for neither.
const Palette = dynamic(() => import("#/ui/palette/palette.tsx").then((module) => module.Palette), { ssr: false });
const KeysDialog = dynamic(() => import("#/ui/palette/keys-dialog.tsx").then((module) => module.KeysDialog), {
  ssr: false,
});

/** The palette itself, which may still be on its way out, is no reason to wait. */
const isBusy = () => document.querySelector('[role="dialog"]:not([aria-label="Search"])') !== null;

/** Opens the palette, with Ctrl or Cmd and K as well; `?` shows the keys. */
export function PaletteButton() {
  /** How often the palette was asked for. */
  const [asked, setAsked] = useState(0);
  const [hasKeys, setHasKeys] = useState(false);
  const open = () => {
    if (!isBusy()) setAsked((times) => times + 1);
  };
  const openKeys = () => {
    if (!isBusy()) setHasKeys(true);
  };
  // These keys type nothing, so they work in a field too.
  useHotkeys([["mod+K", open]], []);
  useHotkeys([["shift+?", openKeys]]);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        px="xs"
        c="dimmed"
        fw={400}
        onClick={open}
        aria-keyshortcuts="Control+K Meta+K"
        classNames={{ label: classes["label"] ?? "" }}
      >
        <IconSearch size={15} stroke={1.8} aria-hidden />
        <span className={classes["words"]}>Search</span>
        <Kbd size="xs" visibleFrom="md" aria-hidden>
          Ctrl K
        </Kbd>
      </Button>
      {asked > 0 && <Palette asked={asked} onKeys={() => setHasKeys(true)} />}
      {hasKeys && <KeysDialog onClose={() => setHasKeys(false)} />}
    </>
  );
}
