// WatchDir streams events; CreateWatcher, GetWatcherEvents and RemoveWatcher are the polling form, whose answer holds
// everything that happened before it was asked.
import { stat, statfs } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { posix } from "node:path";
import type { Agent } from "../agent.ts";
import { endAfter, timeLimit, type EventStream, type Message } from "../connect.ts";
import { rpcError } from "../rpc-error.ts";
import { pathOf } from "./calls.ts";
import { entryInfo, fileProblem } from "./entry.ts";
import { watchByInotify } from "./inotify-watcher.ts";
import { watchByStat } from "./stat-watcher.ts";
import type { FolderWatch, WatchEvent, WatchEventType, WatchOptions } from "./watch-event.ts";

const maxWatchers = 256;
/** Events a polling watcher keeps; a client that polls slower loses the oldest. */
const maxKeptEvents = 10_000;
/** A streaming client that lets this much pile up is cut off. */
const maxBacklogBytes = 4 * 1_048_576;
/** NFS, CIFS, SMB, SMB2, FUSE: their changes are made elsewhere, and the kernel does not hear of them. */
const networkTypes: ReadonlySet<number> = new Set([0x69_69, 0xff_53_4d_42, 0x51_7b, 0xfe_53_4d_42, 0x65_73_55_46]);
const entryTypes: ReadonlySet<WatchEventType> = new Set(["EVENT_TYPE_CREATE", "EVENT_TYPE_WRITE", "EVENT_TYPE_CHMOD"]);

/** A polling watcher; streaming ones live with their stream. */
export interface Watcher {
  drain(): Promise<readonly Message[]>;
  close(): void;
}

export async function watchDir(
  agent: Agent,
  request: IncomingMessage,
  message: Message,
  stream: EventStream,
): Promise<void> {
  const limitMs = timeLimit(request);
  const folder = await folderOf(agent, request, message);
  const told = inOrder(agent, folder, message, (event) => {
    stream.send({ filesystem: event });
    if (stream.backlogBytes() <= maxBacklogBytes) return;
    stream.end({ code: "resource_exhausted", message: "the client takes events more slowly than they come" });
  });
  const watch = await watchFolder(agent, folder.real, message, {
    onEvent: told.take,
    onBroken: (why) => stream.end({ code: "internal", message: `watcher error: ${why}` }),
  });
  stream.onClose(() => watch.close());
  stream.send({ start: {} });
  if (limitMs !== null) endAfter(agent.clock, stream, limitMs);
}

export async function createWatcher(agent: Agent, request: IncomingMessage, message: Message): Promise<Message> {
  if (agent.watchers.size >= maxWatchers) throw rpcError("resource_exhausted", `${maxWatchers} watchers exist`);
  const folder = await folderOf(agent, request, message);
  let kept: Message[] = [];
  let broken: string | null = null;
  const told = inOrder(agent, folder, message, (event) => {
    kept.push(event);
    if (kept.length > maxKeptEvents) kept.shift();
  });
  const onBroken = (why: string): void => void (broken = why);
  const watch = await watchFolder(agent, folder.real, message, { onEvent: told.take, onBroken });
  const watcherId = `w${agent.random.bytes(10).toString("hex")}`;
  const drain = async (): Promise<readonly Message[]> => {
    await watch.settle().catch(() => undefined);
    await told.done();
    if (broken !== null) throw rpcError("internal", `watcher error: ${broken}`);
    const events = kept;
    kept = [];
    return events;
  };
  agent.watchers.set(watcherId, { drain, close: () => watch.close() });
  return { watcherId };
}

export async function getWatcherEvents(agent: Agent, message: Message): Promise<Message> {
  return { events: await findWatcher(agent, message).drain() };
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

interface WatchedFolder {
  readonly shown: string;
  readonly real: string;
}

async function folderOf(agent: Agent, request: IncomingMessage, message: Message): Promise<WatchedFolder> {
  const { shown, real } = pathOf(agent, request, message.path);
  const found = await stat(real).catch((cause: unknown) =>
    Promise.reject(fileProblem(cause, `path ${shown} not found`, `error statting path ${shown}`)),
  );
  if (!found.isDirectory()) throw rpcError("invalid_argument", `path ${shown} not a directory`);
  if (message.allowNetworkMounts === true) return { shown, real };
  if (networkTypes.has((await statfs(real)).type)) {
    throw rpcError("invalid_argument", `cannot watch path on network filesystem: ${shown}`);
  }
  return { shown, real };
}

async function watchFolder(
  agent: Agent,
  root: string,
  message: Message,
  on: Pick<WatchOptions, "onEvent" | "onBroken">,
): Promise<FolderWatch> {
  const options = { ...on, root, recursive: message.recursive === true, clock: agent.clock };
  try {
    return agent.kernel.missing === null ? await watchByInotify(agent.inotify, options) : await watchByStat(options);
  } catch (cause) {
    throw fileProblem(cause, `path ${root} not found`, `error adding path ${root} to watcher`);
  }
}

/** Hands events on one after another, with their entries where they were asked for. */
function inOrder(
  agent: Agent,
  folder: WatchedFolder,
  message: Message,
  give: (event: Message) => void,
): { readonly take: (event: WatchEvent) => void; readonly done: () => Promise<void> } {
  if (message.includeEntry !== true) return { take: (event) => give({ ...event }), done: async () => undefined };
  let sending = Promise.resolve();
  const take = (event: WatchEvent): void => {
    // Asked for now, told in order.
    const entry = entryOf(agent, folder, event);
    sending = sending.then(async () => give({ ...event, ...(await entry) }));
  };
  return { take, done: async () => sending };
}

async function entryOf(agent: Agent, folder: WatchedFolder, event: WatchEvent): Promise<Message> {
  if (!entryTypes.has(event.type)) return {};
  const entry = await entryInfo(agent, posix.join(folder.shown, event.name)).catch(() => null);
  return entry === null ? {} : { entry };
}
