import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { csvHref, type ModelFilters } from "#/ui/prices/model-filters.model.ts";

const FORMATS = [
  { format: "litellm", label: "In LiteLLM’s shape", file: "litellm-prices.json" },
  { format: "openrouter", label: "In OpenRouter’s shape", file: "openrouter-models.json" },
  { format: "models-dev", label: "In models.dev’s shape", file: "models-dev.json" },
  { format: "genai-prices", label: "In genai-prices’ shape", file: "genai-prices.json" },
] as const;

type Props = Readonly<{
  filters: ModelFilters;
  /** How many the filters let through; undefined until the list has come. */
  total: number | undefined;
}>;

/** What the list shows as a CSV, and all prices in force as documents of other formats: pins in, held prices out. */
export function ExportMenu({ filters, total }: Props) {
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconDownload size={15} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={csvHref(filters)} download="prices.csv">
          {total === undefined ? "Export as CSV" : `Export ${countOf(total, "price")} as CSV`}
        </Menu.Item>
        <Menu.Label>All prices in force</Menu.Label>
        {FORMATS.map(({ format, label, file }) => (
          <Menu.Item key={format} component="a" href={`/v1/export/${format}`} download={file}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
