"use client";

import { Anchor, Group, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { displayCharge } from "#/price/charge.ts";
import { decimal } from "#/price/decimal.ts";
import { conflictsOver, PERCENTS, readOver } from "#/ui/conflicts/conflicts-over.ts";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { meterWords, usd } from "#/price/charge-words.ts";
import { modelHref } from "#/price/model-href.ts";
import { factorWords } from "#/ui/price/factor-words.model.ts";
import { PriceTabs } from "#/ui/prices/price-tabs.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Conflict = Outputs["prices"]["conflicts"]["conflicts"][number];

/** The same seller and model, priced differently by different sources, the widest first. */
export function ConflictsScreen() {
  const trpc = useTRPC();
  const query = useSearchParams();
  const over = readOver(query.get("over"));
  const conflicts = useQuery({ ...conflictsOver(trpc, over), placeholderData: keepPreviousData });
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Conflicts
        </Title>
        <Text c="dimmed" size="sm" role="status" mih={20}>
          {conflicts.data !== undefined && countOf(conflicts.data.total, "conflict")}
        </Text>
      </Group>
      <PriceTabs />
      <Text size="sm" c="dimmed">
        Models of one seller for which sources ask different prices. The price of the first source by rank is in force,
        whichever is cheaper.
      </Text>
      <NativeSelect
        label="Further apart than"
        value={over}
        w={200}
        data={PERCENTS.map((value) => ({ value, label: `${value} %` }))}
        onChange={({ currentTarget: { value } }) => setInAddress({ over: value === "5" ? undefined : value })}
      />
      <Loaded query={conflicts} failed="The conflicts could not be read" height={220}>
        {({ conflicts: all }) =>
          all.length === 0 ? (
            <EmptyNote title="All sources agree" />
          ) : (
            <Panel title="The largest differences first" flush>
              <DataTable
                label="Conflicts"
                columns={COLUMNS}
                rows={all.flatMap(sidesOf)}
                rowKey={({ meter, variant, source, listing }) => `${meter} ${variant} ${source} ${listing}`}
              />
            </Panel>
          )
        }
      </Loaded>
    </Stack>
  );
}

/** What one source asks in a conflict. */
type Side = Conflict["sides"][number] &
  Pick<Conflict, "meter" | "variant"> &
  Readonly<{
    /** How far the conflict is apart, on its first side alone. */
    apart: string;
  }>;

function sidesOf({ sides, meter, variant, ratio }: Conflict): Side[] {
  const apart = factorWords(ratio) ?? "one is 0";
  return sides.map((side, index) => ({ ...side, meter, variant, apart: index === 0 ? apart : "" }));
}

const COLUMNS: readonly Column<Side>[] = [
  {
    id: "model",
    head: "Model",
    grows: true,
    cell: ({ seller, model, variant }) => (
      <>
        <Anchor
          size="sm"
          renderRoot={(props) => <Link href={modelHref({ seller, model, variant })} prefetch={false} {...props} />}
        >
          {model}
        </Anchor>
        {variant !== "default" && `, ${variant}`}
      </>
    ),
  },
  { id: "meter", head: "Meter", cell: ({ meter }) => meterWords(meter) },
  { id: "source", head: "Source", cell: ({ source, listing }) => <span title={`listed as ${listing}`}>{source}</span> },
  { id: "seller", head: "Sold by", cell: ({ seller }) => seller },
  {
    id: "price",
    head: "USD per 1M tokens",
    align: "right",
    cell: ({ amount }) => <b>{usd(displayCharge({ amount: decimal(amount), unit: "token" }).amount)}</b>,
  },
  { id: "apart", head: "Apart", align: "right", cell: ({ apart }) => apart },
];
