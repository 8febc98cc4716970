import { NativeSelect, type NativeSelectProps } from "@mantine/core";
import { ROLES, type Role } from "#/terms/role.ts";

type Props = Omit<NativeSelectProps, "data" | "value" | "onChange"> &
  Readonly<{ value: Role; onPick: (role: Role) => void }>;

export function RoleSelect({ onPick, ...props }: Props) {
  return (
    <NativeSelect
      data={[...ROLES]}
      onChange={({ currentTarget }) => onPick(ROLES.find((role) => role === currentTarget.value) ?? "viewer")}
      {...props}
    />
  );
}
