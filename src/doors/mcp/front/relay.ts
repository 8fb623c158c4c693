// Between a host and the workers that follow each other: knows what is asked and not answered, in both directions.
import { isRecord } from "../../../contracts/json.ts";
import { openGreeting, type Greeting } from "./greeting.ts";
import { interruptedAnswer, mayRepeat, repeated, type Message } from "./interrupted.ts";

export interface Relay {
  fromHost(message: Message): void;
  fromWorker(message: Message): void;
  /** A worker is there and takes messages through `send`. */
  up(send: (message: Message) => void): void;
  down(): void;
  /** No further worker will come: everything waiting is answered. */
  fail(): void;
}

/** Messages held while no worker is there. */
const mostHeld = 1_000;

interface State {
  readonly toHost: (message: Message) => void;
  readonly greeting: Greeting;
  /** Requests of the host by id; `again` when a worker died over them once. */
  readonly waiting: Map<unknown, { readonly message: Message; readonly again: boolean }>;
  /** Ids of requests of the worker. */
  readonly asked: Set<unknown>;
  readonly held: Message[];
  send: ((message: Message) => void) | null;
}

export function openRelay(toHost: (message: Message) => void): Relay {
  const state: State = {
    toHost,
    greeting: openGreeting(),
    waiting: new Map(),
    asked: new Set(),
    held: [],
    send: null,
  };
  return {
    fromHost: (message) => fromHost(state, message),
    fromWorker: (message) => fromWorker(state, message),
    up(send) {
      state.send = send;
      const again = [...state.waiting.values()].filter((waiting) => waiting.again).map(({ message }) => message);
      // A worker that died before it was introduced left them held.
      state.held.unshift(...again.filter((message) => !state.held.includes(message)));
      if (!state.greeting.repeat(send)) flush(state);
    },
    down: () => down(state),
    fail() {
      for (const id of Array.from(state.waiting.keys())) cutOff(state, id);
    },
  };
}

function fromHost(state: State, message: Message): void {
  const { waiting, greeting, asked } = state;
  greeting.fromHost(message);
  if ("method" in message && "id" in message) {
    if (waiting.has(message.id)) return state.toHost(inUse(message.id));
    waiting.set(message.id, { message, again: false });
  } else if ("id" in message) {
    asked.delete(message.id);
  } else if (message.method === "notifications/cancelled" && isRecord(message.params)) {
    waiting.delete(message.params.requestId);
  }
  if (state.send !== null && !greeting.busy()) return state.send(message);
  if (state.held.length < mostHeld) state.held.push(message);
  else if ("id" in message && "method" in message) cutOff(state, message.id);
}

function fromWorker(state: State, message: Message): void {
  const { waiting, greeting, asked, toHost } = state;
  if (greeting.fromWorker(message)) return flush(state);
  if ("method" in message) {
    if ("id" in message) asked.add(message.id);
    return toHost(message);
  }
  const request = waiting.get(message.id);
  // Cancelled, answered already or never asked: a host must not see an answer it does not wait for.
  if (request === undefined && message.id !== null) return;
  waiting.delete(message.id);
  if (request !== undefined) greeting.answered(request.message, message);
  toHost(message);
}

function down(state: State): void {
  const { waiting, asked, held, greeting, toHost } = state;
  state.send = null;
  greeting.interrupted();
  for (const requestId of asked) {
    const params = { requestId, reason: "The server was restarted" };
    toHost({ jsonrpc: "2.0", method: "notifications/cancelled", params });
  }
  asked.clear();
  for (const [id, { message, again }] of Array.from(waiting)) {
    // What is still held never reached the worker that died.
    if (held.includes(message)) continue;
    if (again || !mayRepeat(message)) cutOff(state, id);
    else waiting.set(id, { message: repeated(message), again: true });
  }
}

function flush(state: State): void {
  for (const message of state.held.splice(0)) state.send?.(message);
}

function cutOff({ waiting, toHost }: State, id: unknown): void {
  waiting.delete(id);
  toHost(interruptedAnswer(id));
}

function inUse(id: unknown): Message {
  const message = "Invalid request: a request with this id is still running";
  return { jsonrpc: "2.0", id, error: { code: -32_600, message } };
}
