// How an option looks from outside: what help, the completion scripts and docs/cli.md all say of it. Choices and default come from the
// schema of its command, so that none of the three can drift from what is accepted.
import { isRecord } from "../../contracts/json.ts";
import { jsonSchema } from "../../contracts/parse.ts";
import { propertyOf } from "../wire-names.ts";
import type { CommandSpec, OptionSpec } from "./command-spec.ts";

export interface OptionFace {
  /** Commander syntax: `-t, --template <name>`. */
  readonly flags: string;
  /** `["-t", "--template"]`. */
  readonly names: readonly string[];
  /** `<name>`; null for an option without a value. */
  readonly value: string | null;
  readonly text: string;
  /** The only words it takes; empty when the schema lists none. */
  readonly choices: readonly string[];
  /** The words a list of values is made of; the choices when it takes one. */
  readonly items: readonly string[];
  readonly preset: string | null;
  readonly mandatory: boolean;
}

export function optionFace(spec: CommandSpec, row: OptionSpec): OptionFace {
  const schema = spec.schema === undefined ? undefined : propertyOf(jsonSchema(spec.schema), row.key);
  const text = row.text ?? (typeof schema?.description === "string" ? schema.description : row.key);
  // A text that names the default says it where no schema does; nobody needs it twice.
  const saysIt = row.flags.startsWith("--no-") || text.includes("(default:");
  const preset: unknown = saysIt ? undefined : schema?.default;
  const choices = wordsOf(schema?.enum);
  const inner = isRecord(schema?.items) ? wordsOf(schema.items.enum) : [];
  return {
    ...plainFace(row.flags, text),
    choices,
    items: choices.length > 0 ? choices : inner,
    preset: typeof preset === "string" || typeof preset === "number" ? String(preset) : null,
    mandatory: row.mandatory === true,
  };
}

/** An option no schema knows. */
export function plainFace(flags: string, text: string, choices: readonly string[] = []): OptionFace {
  const names = flags.match(/(?<![\w-])--?[\w-]+/g) ?? [];
  const value = /<[^>]+>/.exec(flags)?.[0] ?? null;
  return { flags, names, value, text, choices, items: choices, preset: null, mandatory: false };
}

function wordsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : [];
}
