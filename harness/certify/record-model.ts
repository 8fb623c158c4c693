// What the shared record promises, as models a history is checked against: a versioned entry, and a task of a queue. Leases
// of tasks in a recorded history outlast it, so a second claim of an unreleased task is a violation.
import type { Model, Operation } from "./linearizability.ts";

/** A result of null is unknown: the answer was lost. */
export type EntryCall =
  | { readonly op: "get"; readonly result: { readonly version: number; readonly value: string } | null }
  | { readonly op: "put"; readonly value: string; readonly result: { readonly version: number } | null }
  | {
      readonly op: "cas";
      readonly version: number;
      readonly value: string;
      readonly result: { readonly won: boolean; readonly version: number } | null;
    }
  | { readonly op: "delete"; readonly result: { readonly removed: boolean } | null };

/** `top` is the highest version given out; a value of null means that there is none now. */
export interface EntryState {
  readonly top: number;
  readonly value: string | null;
}

export const entryModel: Model<EntryState, EntryCall> = {
  initial: { top: 0, value: null },
  textOf: ({ top, value }) => `${top} ${value === null ? "-" : `=${value}`}`,
  step(state, { call, returnedAt }) {
    const lost = returnedAt === null;
    const present = state.value === null ? 0 : state.top;
    const written = (value: string): EntryState => ({ top: state.top + 1, value });
    switch (call.op) {
      case "get": {
        if (lost) return state;
        return (call.result?.version ?? 0) === present && (call.result?.value ?? null) === state.value ? state : null;
      }
      case "put":
        return lost || call.result?.version === state.top + 1 ? written(call.value) : null;
      case "cas": {
        const wins = call.version === present;
        if (lost) return wins ? written(call.value) : state;
        if (call.result === null || call.result.won !== wins) return null;
        if (!wins) return call.result.version === present ? state : null;
        return call.result.version === state.top + 1 ? written(call.value) : null;
      }
      case "delete": {
        if (!lost && call.result?.removed !== (state.value !== null)) return null;
        return { top: state.top, value: null };
      }
    }
  },
};

export type TaskCall =
  | { readonly op: "claim"; readonly token: number | null }
  | { readonly op: "acknowledge"; readonly token: number; readonly result: string; readonly done: boolean | null }
  | { readonly op: "release"; readonly token: number; readonly done: boolean | null }
  | { readonly op: "look"; readonly result: string | null };

export interface TaskState {
  /** Token of the last claim. */
  readonly token: number;
  readonly held: boolean;
  readonly result: string | null;
}

export const taskModel: Model<TaskState, TaskCall> = {
  initial: { token: 0, held: false, result: null },
  textOf: ({ token, held, result }) => `${token} ${held} ${result === null ? "-" : `=${result}`}`,
  step(state, operation) {
    const { call } = operation;
    switch (call.op) {
      case "claim":
        if (state.held || state.result !== null) return null;
        return isLost(operation) || call.token === state.token + 1
          ? { ...state, token: state.token + 1, held: true }
          : null;
      case "acknowledge": {
        const again = state.result === call.result && state.token === call.token;
        const wins = (state.held && state.token === call.token) || again;
        if (!isLost(operation) && call.done !== wins) return null;
        return wins ? { ...state, held: false, result: call.result } : state;
      }
      case "release": {
        const wins = state.held && state.token === call.token;
        if (!isLost(operation) && call.done !== wins) return null;
        return wins ? { ...state, held: false } : state;
      }
      case "look":
        return isLost(operation) || call.result === state.result ? state : null;
    }
  },
};

function isLost({ returnedAt }: Operation<TaskCall>): boolean {
  return returnedAt === null;
}
