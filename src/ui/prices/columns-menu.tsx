import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { PRICE_COLUMNS } from "#/ui/prices/price-columns.model.ts";

type Props = Readonly<{ hidden: readonly string[]; onChange: (hidden: string[]) => void }>;

/** Which columns the list shows. */
export function ColumnsMenu({ hidden, onChange }: Props) {
  return (
    <Popover position="bottom-end" withinPortal={false} trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<IconColumns3 size={15} aria-hidden />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap="xs">
          {PRICE_COLUMNS.map(({ id, head, isFixed }) => (
            <Checkbox
              key={id}
              size="xs"
              label={head}
              checked={isFixed === true || !hidden.includes(id)}
              disabled={isFixed === true}
              onChange={({ currentTarget: { checked } }) =>
                onChange(checked ? hidden.filter((one) => one !== id) : [...hidden, id])
              }
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
