// WatchDir streams events; CreateWatcher, GetWatcherEvents and RemoveWatcher are the polling form.
import { stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { posix } from "node:path";
import type { Agent } from "../agent.ts";
import { endAfter, timeLimit, type EventStream, type Message } from "../connect.ts";
import { rpcError } from "../rpc-error.ts";
import { missing, pathOf } from "./calls.ts";
import { entryInfo } from "./entry.ts";
import { watchFolder, type WatchEvent, type Watcher } from "./watcher.ts";

const maxWatchers = 256;
/** Events a polling watcher keeps; a client that polls slower loses the oldest. */
const maxKeptEvents = 10_000;

export async function watchDir(
  agent: Agent,
  request: IncomingMessage,
  message: Message,
  stream: EventStream,
): Promise<void> {
  const limitMs = timeLimit(request);
  const { shown, real } = await folderOf(agent, request, message);
  let sending = Promise.resolve();
  const withEntry = message.includeEntry === true;
  const tell = (event: WatchEvent): void => {
    sending = sending.then(async () => {
      stream.send({ filesystem: { ...event, ...(withEntry ? await entryOf(agent, shown, event) : {}) } });
    });
  };
  const options = { root: real, recursive: message.recursive === true, clock: agent.clock, onEvent: tell };
  const watcher = await watchFolder(options);
  stream.onClose(() => watcher.close());
  stream.send({ start: {} });
  if (limitMs !== null) endAfter(agent.clock, stream, limitMs);
}

export async function createWatcher(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  if (agent.watchers.size >= maxWatchers) throw rpcError("resource_exhausted", `${maxWatchers} watchers exist`);
  const { real } = await folderOf(agent, request, message);
  let kept: WatchEvent[] = [];
  const onEvent = (event: WatchEvent): void => {
    kept.push(event);
    if (kept.length > maxKeptEvents) kept.shift();
  };
  const watching = await watchFolder({
    root: real,
    recursive: message.recursive === true,
    clock: agent.clock,
    onEvent,
  });
  const watcherId = agent.random.bytes(12).toString("hex");
  const drain = (): readonly WatchEvent[] => {
    const events = kept;
    kept = [];
    return events;
  };
  agent.watchers.set(watcherId, { drain, close: () => watching.close() });
  return { watcherId };
}

export function getWatcherEvents(agent: Agent, message: Message): Message {
  return { events: findWatcher(agent, message).drain() };
}

export function removeWatcher(agent: Agent, message: Message): Message {
  findWatcher(agent, message).close();
  agent.watchers.delete(String(message.watcherId));
  return {};
}

function findWatcher(agent: Agent, message: Message): Watcher {
  const id = typeof message.watcherId === "string" ? message.watcherId : "";
  const watcher = agent.watchers.get(id);
  if (watcher === undefined) throw rpcError("not_found", `watcher with id ${id} not found`);
  return watcher;
}

async function folderOf(
  agent: Agent,
  request: IncomingMessage,
  message: Message,
): Promise<{ shown: string; real: string }> {
  const { shown, real } = pathOf(agent, request, message.path);
  const found = await stat(real).catch((cause) => Promise.reject(missing(cause, shown)));
  if (!found.isDirectory()) throw rpcError("invalid_argument", `path ${shown} is not a directory`);
  return { shown, real };
}

async function entryOf(agent: Agent, shown: string, event: WatchEvent): Promise<Message> {
  if (event.type === "EVENT_TYPE_REMOVE" || event.type === "EVENT_TYPE_RENAME") return {};
  const entry = await entryInfo(agent, posix.join(shown, event.name)).catch(() => null);
  return entry === null ? {} : { entry };
}
