"use client";

import "@mantine/spotlight/styles.css";
import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useLive } from "#/ui/live/live-provider.tsx";
import { useRefusal } from "#/ui/may/use-may.ts";
import { useSyncNow } from "#/ui/overview/use-sync-now.ts";
import { PAGES } from "#/ui/palette/pages.ts";
import { findItems, type PaletteItem } from "#/ui/palette/palette.model.ts";
import { modelHref } from "#/price/model-href.ts";
import { RUN_KIND_WORDS } from "#/ui/run/run-kind-words.model.ts";
import { SCHEMES } from "#/ui/theme/color-scheme-button.tsx";
import { useNow } from "#/ui/time/now.tsx";
import { describeAge } from "#/ui/time/time.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

type Item = PaletteItem & Omit<SpotlightActionData, "label" | "id">;

const TYPING_MS = 120;
const MOST_MODELS = 7;
const MOST_RUNS = 5;
const SHORTEST_SEARCH = 2;

/** One box for pages, actions, models and syncs. It opens whenever `asked` changes. */
export function Palette({ asked, onKeys }: { asked: number; onKeys: () => void }) {
  const [typed, setTyped] = useState("");
  useEffect(() => spotlight.open(), [asked]);
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS);
  const groups = [
    groupOf("Pages", findItems(usePageItems(), typed)),
    groupOf("Actions", findItems(useActionItems(onKeys), typed)),
    groupOf("Models", useModelItems(search)),
    groupOf("Latest syncs", findItems(useRunItems(), typed)),
  ];
  return (
    <Spotlight
      query={typed}
      onQueryChange={setTyped}
      actions={groups.filter(({ actions }) => actions.length > 0)}
      // Each group has found its own already.
      filter={(_typed, actions) => actions}
      shortcut={null}
      scrollable
      maxHeight={440}
      nothingFound="Nothing has this name. Models are found by any part of their id or their seller."
      attributes={{ content: { "aria-label": "Search" } }}
      searchProps={{
        placeholder: "Search pages, models, syncs and actions",
        "aria-label": "Search pages, models, syncs and actions",
        leftSection: <IconSearch size={18} stroke={1.7} aria-hidden />,
      }}
    />
  );
}

function groupOf(group: string, items: readonly Item[]): SpotlightActionGroupData {
  return {
    group,
    actions: items.map(({ words: _words, ...item }) => ({
      id: `${group} ${item.label} ${item.description ?? ""}`,
      ...item,
    })),
  };
}

function usePageItems(): readonly Item[] {
  const router = useRouter();
  return PAGES.map(({ href, label, words }) => ({ label, words, onClick: () => router.push(href) }));
}

function useActionItems(onKeys: () => void): readonly Item[] {
  const syncNow = useSyncNow();
  const refusal = useRefusal("syncs.trigger");
  const { state, setPaused } = useLive();
  const { setColorScheme } = useMantineColorScheme();
  const isPaused = state === "paused";
  return [
    {
      label: "Sync now",
      words: "run fetch start trigger",
      description: refusal ?? "Reads all enabled sources",
      disabled: refusal !== undefined,
      onClick: syncNow,
    },
    {
      label: isPaused ? "Resume live updates" : "Pause live updates",
      words: "stop stream",
      onClick: () => setPaused(!isPaused),
    },
    { label: "Show keyboard shortcuts", words: "keys help ?", onClick: onKeys },
    ...SCHEMES.map(({ scheme, label }) => ({
      label: `Colours: ${label.toLowerCase()}`,
      words: "theme mode scheme colors",
      onClick: () => setColorScheme(scheme),
    })),
  ];
}

function useModelItems(search: string): readonly Item[] {
  const router = useRouter();
  const { data } = useQuery({
    ...useTRPC().prices.list.queryOptions({ search, limit: MOST_MODELS }),
    enabled: search.length >= SHORTEST_SEARCH,
    placeholderData: keepPreviousData,
  });
  if (search.length < SHORTEST_SEARCH) return [];
  return (data?.rates ?? []).map((rate) => ({
    label: rate.model,
    description: rate.variant === "default" ? rate.seller : `${rate.seller}, ${rate.variant}`,
    onClick: () => router.push(modelHref(rate)),
  }));
}

function useRunItems(): readonly Item[] {
  const router = useRouter();
  const now = useNow();
  const { data } = useQuery(useTRPC().syncs.list.queryOptions({ limit: MOST_RUNS }));
  return (data?.syncs ?? []).map(({ jobId, kind, dryRun, status, triggeredAt }) => ({
    label: `${RUN_KIND_WORDS[dryRun ? "dry_run" : kind]} ${jobId.slice(0, 8)}`,
    words: `${jobId} ${status} run`,
    description: `${status}, ${describeAge((now - Date.parse(triggeredAt)) / 1_000)}`,
    onClick: () => router.push(`/syncs/${jobId}`),
  }));
}
