// What a command is: data for the help page and one function that turns given values into an outcome. No logic of its own.
import type { SchemaId } from "../../contracts/schemas.ts";
import type { Session } from "./session.ts";

/** Turns the text after an option into a value; `previous` is what an earlier use of the same option gave. */
export type Reader = (text: string, previous: unknown) => unknown;

export interface OptionSpec {
  /** Commander syntax: `-t, --template <name>`. */
  readonly flags: string;
  /** Name of the value: a field of the command's schema when it has one, which then supplies text and default. */
  readonly key: string;
  readonly text?: string;
  readonly read?: Reader;
  readonly mandatory?: boolean;
}

export interface OperandSpec {
  /** Commander syntax: `<id>`, `[ids...]`. */
  readonly syntax: string;
  readonly key: string;
  readonly text: string;
  readonly choices?: readonly string[];
}

export type Values = Readonly<Record<string, unknown>>;

export interface Outcome {
  /** Wire form, for --json. */
  readonly data: unknown;
  /** For people, on stdout; without a trailing newline. Empty prints nothing. */
  readonly text: string;
  /** For people, on stderr. */
  readonly note?: string;
  readonly exitCode?: number;
  /** The run the outcome belongs to, when the operation made one. */
  readonly runId?: string;
  /** Where it happened, for commands that open no backend (local). */
  readonly where?: { readonly target: "local"; readonly isolation: string | null };
  /** Set when only a part worked: the envelope then carries this error beside the data. */
  readonly failure?: unknown;
  /** True when the command wrote its own stdout (mcp). */
  readonly silent?: boolean;
}

export interface CommandSpec {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly schema?: SchemaId;
  readonly operands: readonly OperandSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  run(values: Values, session: Session): Promise<Outcome>;
}
