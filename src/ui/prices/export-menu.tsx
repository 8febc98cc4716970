import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";

const FORMATS = [
  { format: "litellm", label: "In LiteLLM’s shape", file: "litellm-prices.json" },
  { format: "openrouter", label: "In OpenRouter’s shape", file: "openrouter-models.json" },
  { format: "models-dev", label: "In models.dev’s shape", file: "models-dev.json" },
  { format: "genai-prices", label: "In genai-prices’ shape", file: "genai-prices.json" },
  { format: "csv", label: "As CSV", file: "prices.csv" },
] as const;

/** The last good document of each format with the prices in force: pins in, held prices out. */
export function ExportMenu() {
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconDownload size={15} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map(({ format, label, file }) => (
          <Menu.Item key={format} component="a" href={`/v1/export/${format}`} download={file}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
