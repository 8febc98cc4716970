import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { csvHref, isFiltered, type ModelFilters } from "#/ui/prices/model-filters.model.ts";

const FORMATS = [
  { format: "litellm", label: "In LiteLLM’s shape", file: "litellm-prices.json" },
  { format: "openrouter", label: "In OpenRouter’s shape", file: "openrouter-models.json" },
  { format: "models-dev", label: "In models.dev’s shape", file: "models-dev.json" },
  { format: "genai-prices", label: "In genai-prices’ shape", file: "genai-prices.json" },
  { format: "csv", label: "All as CSV", file: "prices.csv" },
] as const;

type Props = Readonly<{
  filters: ModelFilters;
  /** How many the filters let through; undefined until the list has come. */ total: number | undefined;
}>;

/** The last good document of each format with the prices in force: pins in, held prices out; and what the list is narrowed to. */
export function ExportMenu({ filters, total }: Props) {
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconDownload size={15} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {total !== undefined && isFiltered(filters) && (
          <Menu.Item component="a" href={csvHref(filters)} download="prices-filtered.csv">
            Export {countOf(total, "price")} as CSV
          </Menu.Item>
        )}
        {FORMATS.map(({ format, label, file }) => (
          <Menu.Item key={format} component="a" href={`/v1/export/${format}`} download={file}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
