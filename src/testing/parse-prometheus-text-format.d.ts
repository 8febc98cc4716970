declare module "parse-prometheus-text-format" {
  type Sample = Readonly<{ labels?: Readonly<Record<string, string>>; value: string }>;
  type Family = Readonly<{ name: string; help: string; type: string; metrics: readonly Sample[] }>;
  export default function parse(text: string): Family[];
}
