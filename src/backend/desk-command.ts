// What a person does at the desk of Alpaca's paper account: look at what holds orders, settle an order whose fate nobody knows,
// and let trading go on after a stop. No operation: what a person has to find out is not for an agent to say.
import { parseArgs } from "node:util";
import { readStop, resumeTrading, thaw } from "../broker/desk/holds.ts";
import { readOrder, type Desk, type OrderRecord } from "../broker/desk/order-record.ts";
import { settleByHand, type HandWritten } from "../broker/desk/settle-by-hand.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { alpacaDesk, type SendParts } from "./send-orders.ts";

const options = {
  settle: { type: "string" },
  as: { type: "string" },
  reason: { type: "string" },
  "broker-order-id": { type: "string" },
  resume: { type: "boolean" },
} as const;

/** Lines to show. Throws `usage.invalid`, `auth.*`, and what the record throws. */
export async function deskCommand(of: SendParts, args: readonly string[]): Promise<readonly string[]> {
  const flags = flagsOf(args);
  const desk = await alpacaDesk(of, "a person");
  const done: string[] = [];
  if (flags.settle !== undefined) {
    const record = await settleByHand(desk, flags.settle, saidBy(flags));
    done.push(`settled: ${lineOf(record)}`);
  }
  if (flags.resume === true) {
    await resumeTrading(desk);
    done.push("resumed");
  }
  return [...done, ...(await holding(desk))];
}

type Flags = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

function flagsOf(args: readonly string[]): Flags {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : "the options cannot be read");
  }
}

function saidBy(flags: Flags): HandWritten {
  const { as, reason, "broker-order-id": brokerOrderId } = flags;
  if (as === "accepted" && brokerOrderId !== undefined) return { state: as, brokerOrderId };
  if (as === "rejected" && reason !== undefined) return { state: as, reason: `by hand: ${reason}` };
  throw usage("--settle needs --as accepted with --broker-order-id, or --as rejected with --reason");
}

async function holding(desk: Desk): Promise<readonly string[]> {
  const stop = await readStop(desk);
  const lines = [stop === null ? "trading is not stopped" : `trading is stopped: ${stop}`];
  for (const id of await thaw(desk)) {
    const record = await readOrder(desk, id);
    lines.push(record === null ? `frozen: ${id}, which the record does not hold` : `frozen: ${lineOf(record)}`);
  }
  return lines;
}

function lineOf({ order, progress }: OrderRecord): string {
  const { clientOrderId, symbol, side, quantity } = order;
  const why = "reason" in progress ? `: ${progress.reason}` : "";
  return `${clientOrderId} ${side} ${quantity} ${symbol} ${progress.state}${why}`;
}

function usage(problem: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot do this at the desk: ${problem}`, {
    hint: 'npm run desk -- [--settle <client order id> --as rejected --reason "<what was found>"] [--resume]',
  });
}
