// The shape of one operation. The table lives in backend/operations; CLI, MCP and docs are derived from it.

export type Effect = "read" | "write" | "destructive";

export interface OperationContext {
  readonly signal: AbortSignal;
  /** One sentence about what is happening now, for a person. */
  progress(sentence: string): void;
}

export interface Operation<Name extends string = string> {
  /** Canonical camelCase name, also the library function and the MCP tool. */
  readonly name: Name;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  /** Repeating the call with the same input changes nothing more. */
  readonly idempotent: boolean;
  /** Other callable, unlisted names. */
  readonly aliases: readonly string[];
  /** Ids of the input and output schemas in contracts/schemas.ts. */
  readonly input: string;
  readonly output: string;
}
