// `local`: the embedded E2B-compatible server. `env` prints what another shell or an env file needs to reach it.
import { isRecord } from "../../../contracts/json.ts";
import type { LocalInput } from "../../../contracts/local-server.ts";
import { check } from "../../../contracts/parse.ts";
import { SwarmError } from "../../../contracts/swarm-error.ts";
import { alignedPairs } from "../aligned-table.ts";
import type { CommandSpec, OptionSpec, Values } from "../command-spec.ts";
import { asNumber, asSeconds } from "../readers.ts";
import { shellLines } from "../shell-lines.ts";
import { snakeCase } from "../../wire-names.ts";
import { localActions } from "../world.ts";

interface LocalOption extends OptionSpec {
  /** The actions it goes with, and why with no other. */
  readonly only: readonly LocalInput["action"][];
  readonly because: string;
}

const starts = { only: ["start", "env"], because: "only start and env bring the server up" } as const;
const prints = { only: ["env"], because: "only env prints variables" } as const;
const reads = { only: ["logs"], because: "only logs prints the server's log" } as const;

const options: readonly LocalOption[] = [
  { flags: "--port <n>", key: "port", read: asNumber, ...starts },
  { flags: "--max-sandboxes <n>", key: "maxSandboxes", read: asNumber, ...starts },
  { flags: "--spares <n>", key: "spares", read: asNumber, ...starts },
  { flags: "--disk-mb <n>", key: "diskMb", read: asNumber, ...starts },
  { flags: "--idle <duration>", key: "idleSeconds", read: asSeconds, ...starts },
  { flags: "--faults", key: "faults", ...starts },
  { flags: "--tls", key: "tls", ...starts },
  { flags: "--profile <plan>", key: "profile", ...starts },
  { flags: "--shell <kind>", key: "shell", ...prints },
  { flags: "--dotenv", key: "dotenv", ...prints },
  { flags: "-f, --follow", key: "follow", ...reads },
  { flags: "--level <level>", key: "level", ...reads },
  { flags: "-n, --lines <n>", key: "lines", read: asNumber, ...reads },
];

export const localCommand: CommandSpec = {
  name: "local",
  group: "Server",
  summary: "Control the embedded E2B-compatible server",
  schema: "local.input",
  operands: [{ syntax: "<action>", key: "action", text: "what to do", choices: localActions }],
  options,
  examples: [
    "e2b-swarm local start --idle 2h --max-sandboxes 50",
    'eval "$(e2b-swarm local env)"',
    "e2b-swarm local env --shell fish | source",
    'eval "$(e2b-swarm local env --tls)"',
    "e2b-swarm local start --faults --profile hobby",
    "e2b-swarm local logs --follow --level warn",
    "e2b-swarm local stop",
  ],
  async run(values, session) {
    const input = readInput(values, session.json);
    const result = await session.local(input);
    const isolation: unknown = Reflect.get(result, "isolation");
    return {
      data: wireKeys(result),
      text: describe(input, result),
      where: { target: "local", isolation: typeof isolation === "string" ? isolation : null },
    };
  },
};

/** Throws `usage.invalid` in the words the person typed. */
function readInput(values: Values, json: boolean): LocalInput {
  const parsed = check("local.input", values);
  if (!parsed.ok) {
    const flag = nameOf(options.find(({ key }) => key === parsed.field));
    throw refusal(
      `Cannot accept ${flag}: it ${parsed.problem}`,
      "Run `e2b-swarm local --help` to see what is accepted",
    );
  }
  const input = parsed.value;
  const stray = options.find(({ key, only }) => key in values && !only.includes(input.action));
  if (stray !== undefined) {
    const [first = ""] = stray.only;
    throw refusal(
      `Cannot use ${nameOf(stray)} with local ${input.action}: ${stray.because}`,
      `Run \`e2b-swarm local ${first} ${nameOf(stray)}\``,
    );
  }
  if (input.dotenv === true && input.shell !== undefined)
    throw refusal(`Cannot use --dotenv with --shell ${input.shell}: both name a form`, "Choose one of them");
  if (input.follow === true && json)
    throw refusal("Cannot use --follow with --json: a log that goes on is no single document", "Leave one of them out");
  return input;
}

function refusal(sentence: string, hint: string): SwarmError {
  return new SwarmError("usage.invalid", sentence, { hint });
}

function nameOf(option: OptionSpec | undefined): string {
  return /--[\w-]+/.exec(option?.flags ?? "")?.[0] ?? "the action";
}

function describe(input: LocalInput, result: object): string {
  const members = Object.entries(result);
  if (input.action === "env") {
    const variables = members
      .filter(([name]) => isVariable(name))
      .map(([name, value]) => [name, String(value)] as const);
    return shellLines(variables, input.dotenv === true ? "dotenv" : (input.shell ?? "sh"));
  }
  const log: unknown = Reflect.get(result, "text");
  if (input.action === "logs" && typeof log === "string") return log;
  const shown = members.filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return alignedPairs(shown.map(([name, value]) => [snakeCase(name).replaceAll("_", " "), plain(value)]));
}

function isVariable(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name);
}

function plain(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.join(" ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The server's answers have no schema of their own: names of variables stay, every other name becomes a wire name. */
function wireKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => wireKeys(item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [isVariable(key) ? key : snakeCase(key), wireKeys(item)]),
  );
}
