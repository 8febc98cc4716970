"use client";

import { Kbd, Table, Text } from "@mantine/core";
import { Dialog } from "#/ui/feedback/dialog.tsx";

const KEYS = [
  {
    where: "On every page",
    keys: [
      { keys: ["Ctrl K", "⌘ K"], does: "Search pages, models and syncs" },
      { keys: ["?"], does: "Show these keys" },
      { keys: ["Esc"], does: "Close what is open" },
    ],
  },
  {
    where: "Review",
    keys: [
      { keys: ["j", "k"], does: "Next price, previous price" },
      { keys: ["Home", "End"], does: "First price, last price" },
      { keys: ["a", "r"], does: "Approve, reject" },
      { keys: ["e"], does: "Open the page of the model" },
      { keys: ["x"], does: "Select" },
      { keys: ["u"], does: "Undo the last decision" },
    ],
  },
  {
    where: "Prices",
    keys: [
      { keys: ["↑", "↓"], does: "Previous price, next price" },
      { keys: ["Home", "End"], does: "First price, last price" },
    ],
  },
] as const;

/** Every key that does something, by the page where it does. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      {KEYS.map(({ where, keys }) => (
        <section key={where}>
          <Text component="h2" size="sm" fw={600} mt="sm" mb={4}>
            {where}
          </Text>
          <Table verticalSpacing={6} horizontalSpacing={0} aria-label={`Keys: ${where}`}>
            <Table.Tbody>
              {keys.map((line) => (
                <Table.Tr key={line.does}>
                  <Table.Th scope="row" fw={400}>
                    {line.does}
                  </Table.Th>
                  <Table.Td ta="right">
                    {line.keys.map((key) => (
                      <Kbd key={key} ml={6}>
                        {key}
                      </Kbd>
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      ))}
      <Text size="sm" c="dimmed" mt="md">
        Shortcuts are off while you type.
      </Text>
    </Dialog>
  );
}
