"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { setInAddress } from "#/ui/address/set-in-address.ts";

type Sorting = readonly { id: string; desc: boolean }[];

/** By which column the address sorts: `age` from the least, `-age` from the most; and a switch from one to the next. */
export function useSort(name: string): readonly [Sorting, (id: string) => void] {
  const text = useSearchParams().get(name) ?? "";
  const sorting = useMemo(() => readSort(text), [text]);
  const toggle = useCallback(
    (id: string) => {
      const now = new URLSearchParams(location.search).get(name);
      setInAddress({ [name]: now === id ? `-${id}` : now === `-${id}` ? undefined : id });
    },
    [name],
  );
  return [sorting, toggle];
}

function readSort(text: string): Sorting {
  if (text === "") return [];
  return [{ id: text.replace(/^-/, ""), desc: text.startsWith("-") }];
}
