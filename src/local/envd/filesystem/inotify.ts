// The kernel's own file events, through the helper: one inotify instance for all watchers of a sandbox, because instances
// are few. Watching the same folder twice shares one descriptor; it goes with its last subscriber.
import type { KernelDoor } from "../kernel/kernel-door.ts";

export const inotifyMask = {
  modify: 0x2,
  attrib: 0x4,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x1_00,
  delete: 0x2_00,
  deleteSelf: 0x4_00,
  moveSelf: 0x8_00,
  overflow: 0x40_00,
  ignored: 0x80_00,
  isFolder: 0x40_00_00_00,
} as const;

export interface InotifyEvent {
  readonly mask: number;
  /** Ties the two halves of a move together; 0 for everything else. */
  readonly cookie: number;
  /** Within the folder; empty when it happened to the folder itself. */
  readonly name: string;
}

export interface Inotify {
  /** Resolves when the kernel watches; the undo forgets this subscriber only. */
  add(path: string, on: Subscriber): Promise<() => void>;
  /** Resolves when everything that happened before the call has been told. */
  settle(): Promise<void>;
}

export interface Subscriber {
  readonly event: (event: InotifyEvent) => void;
  /** Events were lost, or nothing more will come: the watcher is of no use any more. */
  readonly broken: (why: string) => void;
}

const watched =
  inotifyMask.modify |
  inotifyMask.attrib |
  inotifyMask.movedFrom |
  inotifyMask.movedTo |
  inotifyMask.create |
  inotifyMask.delete |
  inotifyMask.deleteSelf |
  inotifyMask.moveSelf;
/** Non-blocking, closed at exec. */
const initFlags = 0o2_004_000;
const headBytes = 16;

interface State {
  readonly kernel: KernelDoor;
  descriptor: Promise<number> | null;
  /** Calls on their way, which must find the instance they were made for. */
  adding: number;
  readonly subscribers: Map<number, Set<Subscriber>>;
}

export function createInotify(kernel: KernelDoor): Inotify {
  const state: State = { kernel, descriptor: null, adding: 0, subscribers: new Map() };
  return {
    async add(path, on) {
      state.adding++;
      try {
        return await join(state, path, on);
      } finally {
        state.adding--;
      }
    },
    async settle() {
      // Any answer of the helper comes after the events before it; this one is asked to fail.
      if (state.descriptor !== null)
        await kernel.call("watchRemove", [await state.descriptor, 0]).catch(() => undefined);
    },
  };
}

async function join(state: State, path: string, on: Subscriber): Promise<() => void> {
  state.descriptor ??= open(state).catch((cause: unknown) => {
    state.descriptor = null;
    throw cause;
  });
  const descriptor = await state.descriptor;
  const subscribe = (wd: number): void => {
    state.subscribers.set(wd, (state.subscribers.get(wd) ?? new Set()).add(on));
  };
  const { result: wd } = await state.kernel.call("watchAdd", [descriptor, path, watched], subscribe);
  return () => leave(state, descriptor, wd, on);
}

async function open(state: State): Promise<number> {
  const { result: descriptor } = await state.kernel.call("watchInit", [initFlags]);
  await state.kernel.listen(descriptor, {
    events: (bytes) => deliver(state, bytes),
    lost: () => {
      state.descriptor = null;
      breakAll(state, "the file watcher ended");
      state.subscribers.clear();
    },
  });
  return descriptor;
}

function leave(state: State, descriptor: number, wd: number, on: Subscriber): void {
  const known = state.subscribers.get(wd);
  if (known?.delete(on) !== true || known.size > 0) return;
  state.subscribers.delete(wd);
  state.kernel.call("watchRemove", [descriptor, wd]).catch(() => undefined);
  if (state.subscribers.size > 0 || state.adding > 0) return;
  state.descriptor = null;
  state.kernel.unlisten();
}

function deliver(state: State, bytes: Buffer): void {
  for (let at = 0; at + headBytes <= bytes.length;) {
    const wd = bytes.readInt32LE(at);
    const mask = bytes.readUInt32LE(at + 4);
    const length = bytes.readUInt32LE(at + 12);
    const text = bytes.toString("utf8", at + headBytes, at + headBytes + length);
    const event = { mask, cookie: bytes.readUInt32LE(at + 8), name: text.replace(/\0+$/, "") };
    at += headBytes + length;
    if ((mask & inotifyMask.overflow) !== 0) breakAll(state, "too many file events at once");
    for (const on of state.subscribers.get(wd) ?? []) on.event(event);
    if ((mask & inotifyMask.ignored) !== 0) state.subscribers.delete(wd);
  }
}

function breakAll(state: State, why: string): void {
  for (const known of state.subscribers.values()) for (const on of known) on.broken(why);
}
