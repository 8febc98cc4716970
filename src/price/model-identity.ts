/** What an id says about a model, whoever spells it. `base` has no date; equal `exact` means the same model and snapshot. */
export type ModelIdentity = Readonly<{
  exact: string;
  base: string;
  date: string | undefined;
  /** Whose model the id says it is (`meta-llama/…`); sellers spell it in many ways. */
  vendor: string | undefined;
}>;

type Step = Readonly<{ from: RegExp; to: string }>;

/** The spelling bridges, in order; each is exact, none matches a mere prefix of a name. */
const BRIDGES: readonly Step[] = [
  // `accounts/fireworks/models/x`
  { from: /^accounts\/[^/]+\/(?:models|routers)\//, to: "" },
  // Bedrock's inference profiles and vendors: `us.anthropic.x`, `amazon.x`
  { from: /^(?:us-gov|us|eu|apac|au|jp|ca|sa|af|me|il|mx|global)\.(?=[a-z0-9]+\.)/, to: "" },
  {
    from: /^(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|xai|zai)\./,
    to: "",
  },
  // Bedrock's versions: `x-v1:0`, `x-1:0`, `x:0`
  { from: /(?:-v?\d+)?:\d+$/, to: "" },
  // Vertex's versions: `x@default`, `x@20250929`
  { from: /@default$/, to: "" },
  { from: /@(?=\d{8}$)/, to: "-" },
  // `k2p7`, `v3p1`, `4.6`, `4_6` are `k2-7`, `v3-1`, `4-6`
  { from: /(?<=\d)[p._](?=\d)/g, to: "-" },
  { from: /_/g, to: "-" },
  { from: /(?<=[a-z]-)v(?=\d)/g, to: "" },
  { from: /^meta-(?=llama)/, to: "" },
];

// `medium/1024-x-1536/gpt-image-1` is priced by quality and size: the path belongs to the model.
const SIZED_PATH = /(?:^|\/)(?:\d+-x-\d+|low|medium|high|standard|hd|max-x-max)\//;
const DATE = /-(?:(20\d{2})-?([01]\d)-?([0-3]\d))$/;

/** The identity of a model's id, by the bridges above. For comparison only: it never moves a price. */
export function modelIdentity(id: string): ModelIdentity {
  const lower = id.toLowerCase();
  const vendor = vendorOf(lower);
  let name = SIZED_PATH.test(lower) ? lower : withoutVendor(lower);
  for (const { from, to } of BRIDGES) name = name.replace(from, to);
  const [suffix, year, month, day] = DATE.exec(name) ?? [];
  if (suffix === undefined) return { exact: name, base: name, date: undefined, vendor };
  const base = name.slice(0, -suffix.length);
  const date = `${year ?? ""}${month ?? ""}${day ?? ""}`;
  return { exact: `${base}-${date}`, base, date, vendor };
}

/** `anthropic/claude-x` and `claude-x` are one model: the last part of a path names it. */
function withoutVendor(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

function vendorOf(id: string): string | undefined {
  if (id.startsWith("accounts/") || SIZED_PATH.test(id)) return undefined;
  const parts = id.split("/");
  return parts.at(-2)?.replaceAll(/[^a-z0-9]/g, "");
}

/** Makers whose two names have nothing in common. */
const ONE_MAKER: ReadonlySet<string> = new Set(["alibaba", "qwen"]);

/** Whether two ids may name one maker: one of them names none, or the names begin alike (`meta`, `meta-llama`). */
export function mayShareVendor({ vendor: a }: ModelIdentity, { vendor: b }: ModelIdentity): boolean {
  if (a === undefined || b === undefined) return true;
  return a.startsWith(b) || b.startsWith(a) || (ONE_MAKER.has(a) && ONE_MAKER.has(b));
}

/** Whose model it is, by its family's name: the identity of the seller that made it. */
const MAKERS: readonly Readonly<{ family: RegExp; maker: string }>[] = [
  { family: /^claude-/, maker: "anthropic" },
  {
    family: /^(?:gpt-(?!oss)|o[134](?:-|$)|chatgpt-|codex-|computer-use|text-embedding-(?:3|ada)|davinci|babbage)/,
    maker: "openai",
  },
  { family: /^(?:gemini-|imagen-|veo-)/, maker: "google" },
  { family: /^grok-/, maker: "xai" },
  {
    family: /^(?:mistral-(?:large|medium|small|embed)|codestral|magistral|devstral|pixtral-large|ministral)/,
    maker: "mistral",
  },
  { family: /^command-/, maker: "cohere" },
  { family: /^deepseek-(?:chat|reasoner)/, maker: "deepseek" },
  { family: /^glm-/, maker: "zai" },
  { family: /^(?:kimi-|moonshot-)/, maker: "moonshot" },
];

export function findMaker(base: string): string | undefined {
  return MAKERS.find(({ family }) => family.test(base))?.maker;
}

/** Ids that their maker moves on to its newest model: what they mean differs from catalogue to catalogue. */
const ROLLING =
  /(?:[-:@]latest|(?:^|\/)(?:deepseek-chat|deepseek-reasoner|mistral-(?:tiny|small|medium|large)|gemini-pro))$/i;

export function isRollingId(id: string): boolean {
  return ROLLING.test(id);
}

/** A model that speaks or draws, by its name: catalogues differ in what they mean by its plain output. */
export function isSpeakingOrDrawing(base: string): boolean {
  return /(?:^|-)(?:tts|image|audio|live|realtime|speech)(?:-|$)/.test(base);
}

/** Billions of parameters that an id states (`70b`, `8x7b`), all experts counted; `undefined` when it states none. */
export function findParameters(base: string): number | undefined {
  const [, experts, size] = /(?:^|-)(?:(\d{1,2})x)?(\d{1,4})b(?:-|$)/.exec(base) ?? [];
  return size === undefined ? undefined : Number(experts ?? 1) * Number(size);
}

export function isEmbedding(base: string): boolean {
  return /(?:^|-)(?:embed|embedding|embeddings|bge|gte|e5)(?:-|$)/.test(base);
}
