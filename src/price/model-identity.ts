/** What an id says about a model, whoever spells it. `base` has no date; equal `exact` means the same model and snapshot. */
export type ModelIdentity = Readonly<{
  exact: string;
  base: string;
  date: string | undefined;
  /** Whose model the id says it is (`meta-llama/…`), without its punctuation; sellers spell it in many ways. */
  vendor: string | undefined;
}>;

/** `within`: only an id that contains it can match; most ids contain none of them. */
type Step = Readonly<{ within: string; from: RegExp; to: string }>;

/** The spelling bridges, in order; each is exact, none matches a mere prefix of a name. */
const BRIDGES: readonly Step[] = [
  // Bedrock's inference profiles and vendors: `us.anthropic.x`, `amazon.x`
  { within: ".", from: /^(?:us-gov|us|eu|apac|au|jp|ca|sa|af|me|il|mx|global)\.(?=[a-z0-9]+\.)/, to: "" },
  {
    within: ".",
    from: /^(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|xai|zai)\./,
    to: "",
  },
  // Bedrock's versions: `x-v1:0`, `x-1:0`, `x:0`
  { within: ":", from: /(?:-v?\d+)?:\d+$/, to: "" },
  // Vertex's versions: `x@default`, `x@20250929`
  { within: "@", from: /@default$/, to: "" },
  { within: "@", from: /@(?=\d{8}$)/, to: "-" },
  // `k2p7`, `v3p1`, `4.6`, `4_6` are `k2-7`, `v3-1`, `4-6`
  { within: "p", from: /(?<=\d)p(?=\d)/g, to: "-" },
  { within: ".", from: /(?<=\d)\.(?=\d)/g, to: "-" },
  { within: "_", from: /_/g, to: "-" },
  { within: "-v", from: /(?<=[a-z]-)v(?=\d)/g, to: "" },
  { within: "meta-llama", from: /^meta-(?=llama)/, to: "" },
];

// `medium/1024-x-1536/gpt-image-1` is priced by quality and size: the path belongs to the model.
const SIZED_PATH = /(?:^|\/)(?:\d+-x-\d+|low|medium|high|standard|hd|max-x-max)\//;
const DATE = /-(?:(20\d{2})-?([01]\d)-?([0-3]\d))$/;

/** Ids that were read before: the same thousands come with every payload, and from every catalogue. */
const known = new Map<string, ModelIdentity>();
const MOST_KNOWN = 30_000;

/** The identity of a model's id, by the bridges above. For comparison only: it never moves a price. */
export function modelIdentity(id: string): ModelIdentity {
  const found = known.get(id);
  if (found !== undefined) return found;
  // A copy: an id may be a slice of its payload's text, and would keep all of that.
  const copy = Buffer.from(id).toString();
  const identity = readIdentity(copy);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(copy, identity);
  return identity;
}

function readIdentity(id: string): ModelIdentity {
  const lower = id.toLowerCase();
  const slash = lower.lastIndexOf("/");
  const isSized = slash > 0 && SIZED_PATH.test(lower);
  const vendor = isSized || slash <= 0 ? undefined : vendorOf(lower, slash);
  // `anthropic/claude-x` and `claude-x` are one model: the last part of a path names it.
  let name = isSized ? lower : lower.slice(slash + 1);
  for (const { within, from, to } of BRIDGES) if (name.includes(within)) name = name.replace(from, to);
  const [suffix, year, month, day] = DATE.exec(name) ?? [];
  if (suffix === undefined) return { exact: name, base: name, date: undefined, vendor };
  const base = name.slice(0, -suffix.length);
  const date = `${year ?? ""}${month ?? ""}${day ?? ""}`;
  return { exact: `${base}-${date}`, base, date, vendor };
}

function vendorOf(id: string, slash: number): string | undefined {
  // `accounts/fireworks/models/x` names an account, not a maker.
  if (id.startsWith("accounts/")) return undefined;
  return id.slice(id.lastIndexOf("/", slash - 1) + 1, slash).replaceAll(/[^a-z0-9]/g, "");
}

/** Makers whose two names have nothing in common. */
const ONE_MAKER: ReadonlySet<string> = new Set(["alibaba", "qwen"]);

/** Whether two ids may name one maker: one of them names none, or the names begin alike (`meta`, `metallama`). */
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

const MAKER_NAMES: ReadonlySet<string> = new Set(MAKERS.map(({ maker }) => maker));

/** Whether a seller, by its identity, is one of those that make models. */
export function isMaker(seller: string): boolean {
  return MAKER_NAMES.has(seller);
}

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

export function isDrawing(base: string): boolean {
  return /(?:^|-)image(?:-|$)/.test(base);
}

/** Billions of parameters that an id states (`70b`, `8x7b`), all experts counted; `undefined` when it states none. */
export function findParameters(base: string): number | undefined {
  const [, experts, size] = /(?:^|-)(?:(\d{1,2})x)?(\d{1,4})b(?:-|$)/.exec(base) ?? [];
  return size === undefined ? undefined : Number(experts ?? 1) * Number(size);
}

export function isEmbedding(base: string): boolean {
  return /(?:^|-)(?:embed|embedding|embeddings|bge|gte|e5|rerank|reranker|voyage)(?:-|$)/.test(base);
}

/** A model of the small kind, by its name: nobody asks a large model's price for it. */
export function isSmall(base: string): boolean {
  return /(?:^|-)(?:mini|nano|lite|light|small|tiny|flash|haiku)(?:-|$)/.test(base);
}

/** Capacity that is reserved by the month and billed by the second, whatever is asked of it. */
export function isReserved(id: string): boolean {
  return /(?:^|\/)\d+-month-commitment\//.test(id);
}
