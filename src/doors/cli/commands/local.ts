// `local`: the embedded E2B-compatible server. `env` prints what another shell or an env file needs to reach it.
import { isRecord } from "../../../contracts/json.ts";
import { SwarmError } from "../../../contracts/swarm-error.ts";
import { alignedPairs } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { snakeCase } from "../../wire-names.ts";
import { localActions, type LocalAction } from "../world.ts";

export const localCommand: CommandSpec = {
  name: "local",
  group: "Server",
  summary: "Control the embedded E2B-compatible server",
  operands: [{ syntax: "<action>", key: "action", text: "what to do", choices: localActions }],
  options: [{ flags: "--dotenv", key: "dotenv", text: "with env: NAME=value lines instead of shell exports" }],
  examples: ["e2b-swarm local start", 'eval "$(e2b-swarm local env)"', "e2b-swarm local stop"],
  async run(values, session) {
    const action = localActions.find((name) => name === values.action);
    if (action === undefined) throw new Error("Invariant broken: commander let an unknown local action pass");
    if (values.dotenv === true && action !== "env") {
      throw new SwarmError("usage.invalid", `Cannot use --dotenv with local ${action}: only env prints variables`, {
        hint: "Run `e2b-swarm local env --dotenv`",
      });
    }
    const result = await session.local(action);
    const isolation: unknown = Reflect.get(result, "isolation");
    return {
      data: wireKeys(result),
      text: describe(action, result, values.dotenv === true),
      where: { target: "local", isolation: typeof isolation === "string" ? isolation : null },
    };
  },
};

function describe(action: LocalAction, result: object, dotenv: boolean): string {
  const members = Object.entries(result);
  if (action === "env") return variableLines(members, dotenv);
  const log: unknown = Reflect.get(result, "text");
  if (action === "logs" && typeof log === "string") return log;
  return alignedPairs(members.map(([name, value]) => [snakeCase(name).replaceAll("_", " "), plain(value)]));
}

function variableLines(members: readonly (readonly [string, unknown])[], dotenv: boolean): string {
  return members
    .filter(([name]) => /^[A-Z][A-Z0-9_]*$/.test(name))
    .map(([name, value]) => (dotenv ? `${name}=${String(value)}` : `export ${name}=${shellWord(String(value))}`))
    .join("\n");
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function plain(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The server's answers have no schema of their own: names of variables stay, every other name becomes a wire name. */
function wireKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => wireKeys(item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [/^[A-Z][A-Z0-9_]*$/.test(key) ? key : snakeCase(key), wireKeys(item)]),
  );
}
