// How an operation is performed: its input is parsed once, its output is checked before it leaves.
import type { OperationContext } from "../contracts/operation.ts";
import { parse } from "../contracts/parse.ts";
import type { SchemaId, SchemaValue } from "../contracts/schemas.ts";
import type { Parts } from "./parts.ts";

export type Handler<Out> = (parts: Parts, input: unknown, context: OperationContext) => Promise<Out>;

export function handler<In extends SchemaId, Out extends SchemaId>(
  input: In,
  output: Out,
  run: (parts: Parts, args: SchemaValue<In>, context: OperationContext) => Promise<SchemaValue<Out>>,
): Handler<SchemaValue<Out>> {
  return async (parts, raw, context) => {
    const result = await run(parts, parse(input, raw), context);
    return parse(output, result, "internal");
  };
}
