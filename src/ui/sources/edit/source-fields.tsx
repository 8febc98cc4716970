import { TextInput } from "@mantine/core";
import type { SettingsText } from "#/ui/sources/edit/source-form.model.ts";
import type { Outputs } from "#/ui/trpc.tsx";

type Props = Readonly<{
  kind: Pick<Outputs["sources"]["kind"], "defaultUrl" | "needsKey" | "options"> | undefined;
  settings: SettingsText;
  onChange: (settings: SettingsText) => void;
}>;

/** Where a source is, the name of its key, and the options of its kind. */
export function SourceFields({ kind, settings, onChange }: Props) {
  return (
    <>
      <TextInput
        label="Address"
        placeholder={kind?.defaultUrl ?? ""}
        value={settings.url}
        maxLength={2_000}
        onChange={({ currentTarget: { value } }) => onChange({ ...settings, url: value })}
      />
      <TextInput
        label="Environment variable with its key"
        placeholder="ACME_API_KEY"
        description={`${kind?.needsKey === true ? "This kind needs a key. " : ""}The key itself is never stored.`}
        value={settings.keyName}
        maxLength={200}
        onChange={({ currentTarget: { value } }) => onChange({ ...settings, keyName: value })}
      />
      {Object.entries(kind?.options ?? {}).map(([name, does]) => (
        <TextInput
          key={name}
          label={`Option ${name}`}
          description={does}
          value={settings.options[name] ?? ""}
          maxLength={200}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...settings, options: { ...settings.options, [name]: value } })
          }
        />
      ))}
    </>
  );
}
