import { defineConfig, type OxlintOverride } from "oxlint";

type Room = Readonly<{
  room: string;
  /** Rooms it may import beside itself. */
  from: readonly string[];
  /** Rooms of which it may import types alone. */
  typesOf?: readonly string[];
  /** Where the code should go instead. */
  message: string;
}>;

const SERVER = ["platform", "access", "sources", "book", "sync", "schedules", "alerts"];

/** Imports go downward only. The reasons are in CONTRIBUTING.md. */
const ROOMS: readonly Room[] = [
  {
    room: "terms",
    from: [],
    message: "terms/ holds words that many rooms share: a rule belongs in the room that owns it",
  },
  {
    room: "price",
    from: ["terms"],
    message: "price/ is pure: pass the value in, or move this to the room that does the I/O",
  },
  {
    room: "platform",
    from: ["terms"],
    message: "platform/ knows no domain: what needs a room's rules belongs in that room",
  },
  {
    room: "access",
    from: ["terms", "platform"],
    message: "access/ stands on platform/ only: let the room that knows prices call access/, not the other way",
  },
  {
    room: "sources",
    from: ["terms", "price", "platform", "access"],
    message: "sources/ only reads the outside world: what writes prices belongs in book/, what runs jobs in sync/",
  },
  {
    room: "book",
    from: ["terms", "price", "platform", "access"],
    message: "book/ keeps prices: what fetches belongs in sources/, what runs jobs in sync/",
  },
  {
    room: "sync",
    from: ["terms", "price", "platform", "access", "sources", "book"],
    message: "sync/ runs jobs: when they start belongs in schedules/, how they are asked for in api/ or cli/",
  },
  {
    room: "schedules",
    from: ["terms", "price", "platform", "access", "sources", "book", "sync"],
    message: "schedules/ enqueues jobs when their time has come: what a job does belongs in sync/",
  },
  {
    room: "alerts",
    from: ["terms", "price", "platform", "access", "sources", "book", "sync"],
    message: "alerts/ tells what has happened: how it is shown or asked for belongs in api/ or ui/",
  },
  {
    room: "serve",
    from: ["terms", "price", "platform", "sources", "book"],
    message: "serve/ answers from memory: what writes prices belongs in book/, routes and roles in api/",
  },
  {
    room: "api",
    from: ["terms", "price", ...SERVER, "serve"],
    message: "api/ only parses, calls a verb and returns: put the rule into the room that owns it",
  },
  {
    room: "client",
    from: ["terms", "price"],
    typesOf: ["api"],
    message: "client/ is installed without the server: import terms/, price/ and types of api/ only",
  },
  {
    room: "cli",
    from: ["terms", "price", "client"],
    typesOf: ["api"],
    message: "cli/ talks to the server over tRPC: import types of api/ only, or put the verb behind a procedure",
  },
  { room: "app", from: ["ui"], message: "app/ holds routes only: put the screen into ui/" },
  {
    room: "ui",
    from: ["terms", "price"],
    typesOf: ["api"],
    message: "ui/ talks to the server over tRPC: import types of api/ only, or pure code of terms/ and price/",
  },
  {
    room: "market",
    from: ["terms", "price"],
    message: "market/ is a stranger to the product: it may share price/ and nothing else",
  },
];

const COMPOSITION = [
  "#/server.ts",
  "#/web.ts",
  "#/probes.ts",
  "#/open-metrics.ts",
  "#/config.ts",
  "#/demo.ts",
  "#/doctor.ts",
];

function restrict({ room, from, typesOf = [], message }: Room): OxlintOverride {
  const others = [...ROOMS.map((other) => other.room), "testing"].filter((other) => other !== room);
  const forbidden = others.filter((other) => !from.includes(other) && !typesOf.includes(other)).map(imports);
  const patterns = [
    { group: [...forbidden, ...COMPOSITION], message },
    ...(typesOf.length === 0 ? [] : [{ group: typesOf.map(imports), allowTypeImports: true, message }]),
    { group: ["./*", "../*"], message: "name the room: #/room/file.ts" },
  ];
  return { files: [`src/${room}/**`], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

function imports(room: string): string {
  return `#/${room}/**`;
}

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "promise", "react", "jsx-a11y"],
  categories: { correctness: "error", suspicious: "error" },
  env: { node: true, browser: true },
  ignorePatterns: [".next", "drizzle", "node_modules", "next-env.d.ts"],
  rules: {
    "typescript/no-floating-promises": ["error", { checkThenables: true }],
    "typescript/no-misused-promises": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/await-thenable": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-unsafe-type-assertion": "off",
    // Types too: rooms that need each other's types need each other.
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-default-export": "error",
    "import/no-unassigned-import": "off",
    eqeqeq: "error",
    "max-depth": ["error", 3],
    "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
    "no-console": "error",
    "no-var": "error",
    "prefer-const": "error",
    "react/react-in-jsx-scope": "off",
    // A column of a table says how its cells are drawn.
    "react/no-unstable-nested-components": [
      "error",
      { allowAsProps: true, propNamePattern: "{cell,below,verbs,render*}" },
    ],
    "unicorn/no-array-sort": "error",
    "eslint/no-shadow": "off",
    "no-await-in-loop": "off",
    "unicorn/consistent-function-scoping": "off",
    "eslint/no-underscore-dangle": "off",
    "import/no-named-as-default-member": "off",
    "jsx-a11y/prefer-tag-over-role": "off",
    "react/exhaustive-effect-dependencies": "off",
  },
  overrides: [
    ...ROOMS.map(restrict),
    { files: ["src/**/*.test.ts", "src/testing/**"], rules: { "no-restricted-imports": "off" } },
    // A test's own scenes, and what composes markup or commands and decides nothing.
    { files: ["src/**/*.test.ts", "src/testing/**", "e2e/**"], rules: { "max-lines-per-function": "off" } },
    {
      files: ["src/ui/**", "src/cli/*-commands.ts"],
      rules: { "max-lines-per-function": ["error", { max: 160, skipBlankLines: true, skipComments: true }] },
    },
    {
      files: [
        "src/app/**",
        ".railway/railway.ts",
        "src/serve/build-export.ts",
        "*.config.ts",
        "*.config.mjs",
        "src/testing/database-setup.ts",
        "perf/empty-page/**",
      ],
      rules: { "import/no-default-export": "off" },
    },
    { files: ["perf/**"], rules: { "typescript/no-base-to-string": "off" } },
  ],
});
