// Lines from the host, checked by hand: a schema library would be many times the size of the program.
import type { FrameToAgent, Headline, MarketWindow, Proposal, Role, Task } from "../../contracts/frames.ts";
import { isRecord } from "../../contracts/json.ts";
import { roleNames } from "../../contracts/names.ts";
import type { Part } from "../../contracts/part-frames.ts";

type Guard<T> = (value: unknown) => value is T;

/** The frame of a line, or null when it is none. */
export function readFrame(line: string): FrameToAgent | null {
  const value = parsed(line);
  return isFrame(value) ? value : null;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isFrame(value: unknown): value is FrameToAgent {
  if (!isRecord(value)) return false;
  switch (value.kind) {
    case "hello":
      return isText(value.agentId) && isText(value.nonce) && isRole(value.role) && isNumber(value.version);
    case "task":
      return isTask(value);
    case "bars":
      return isNumber(value.tape) && isNumber(value.from) && areColumns(value);
    case "strategy":
      return isText(value.name) && isText(value.code);
    case "part":
      return isPart(value);
    case "ping":
      return isNumber(value.seq);
    case "stop":
      return true;
    default:
      return false;
  }
}

function isTask(value: Record<string, unknown>): value is Task {
  const { params, window, headlines, peers } = value;
  const texts = [value.taskId, value.round, value.symbol, value.strategy].every(isText);
  if (!texts || !isRecord(params) || !Object.values(params).every(isNumber)) return false;
  if (value.motion !== undefined && !isMotionName(value.motion)) return false;
  if (value.partner !== undefined && !isWindow(value.partner)) return false;
  return (window === null || isWindow(window)) && isListOf(isHeadline)(headlines) && isListOf(isProposal)(peers);
}

function isPart(value: Record<string, unknown>): value is Part {
  const { taskId, strategy, params, tapes, from, to, holding } = value;
  if (![taskId, strategy].every(isText) || ![tapes, from, to].every(isNumber)) return false;
  if (!isRecord(params) || !Object.values(params).every(isNumber)) return false;
  if (holding === undefined) return true;
  return isRecord(holding) && isListOf(isNumber)(holding.units) && isListOf(isNumber)(holding.equity);
}

function isMotionName(value: unknown): boolean {
  return isRecord(value) && isText(value.swarm) && isText(value.sha256);
}

const isText: Guard<string> = (value) => typeof value === "string";
const isNumber: Guard<number> = (value) => typeof value === "number";

function isListOf<T>(guard: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((item) => guard(item));
}

function isRole(value: unknown): value is Role {
  return roleNames.some((role) => role === value);
}

function isWindow(value: unknown): value is MarketWindow {
  return isRecord(value) && isText(value.symbol) && areColumns(value);
}

function areColumns(value: Record<string, unknown>): boolean {
  if (!isListOf(isNumber)(value.t)) return false;
  const bars = value.t.length;
  const columns = [value.open, value.high, value.low, value.close, value.volume];
  return columns.every((column) => isListOf(isNumber)(column) && column.length === bars);
}

function isHeadline(value: unknown): value is Headline {
  return isRecord(value) && [value.text, value.symbol, value.publishedAt, value.source].every(isText);
}

function isProposal(value: unknown): value is Proposal {
  if (!isRecord(value) || !isRole(value.role) || !isNumber(value.conviction) || !isRecord(value.figures)) return false;
  const votes = ["buy", "sell", "hold", "abstain"];
  return [value.agentId, value.round, value.symbol].every(isText) && votes.some((vote) => vote === value.vote);
}
