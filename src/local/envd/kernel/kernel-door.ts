// System calls that Node does not offer (extended attributes, inotify), made by one small helper process that is started
// when first needed and leaves when nothing needs it any more. Answers come in the order of the questions.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import type { Cancel, Clock } from "../../../host/clock.ts";
import { eventsId, listenCall, perlProgram } from "./perl-program.ts";

export type CallName = keyof typeof callNumbers.x64;
/** A number, bytes to read, or room to write into. */
export type Argument = number | string | { readonly room: number };

export interface KernelDoor {
  /** Why it stays shut, or null. */
  readonly missing: string | null;
  /** Resolves with what was written into the room, and the result. Rejects with an Error that carries the system's code. */
  call(
    name: CallName,
    args: readonly Argument[],
    /** Called before anything that came after the answer is looked at. */
    atOnce?: (result: number) => void,
  ): Promise<{ readonly result: number; readonly bytes: Buffer }>;
  /** From now on the events of this inotify descriptor arrive here; `lost` when the helper is gone. */
  listen(
    descriptor: number,
    on: { readonly events: (bytes: Buffer) => void; readonly lost: () => void },
  ): Promise<void>;
  /** Lets the helper go once it has been idle. */
  unlisten(): void;
}

const perl = "/usr/bin/perl";
const idleMs = 5_000;
/** Questions on their way; more wait their turn in the caller. */
const maxWaiting = 10_000;

/** From the kernel's tables; a processor that is not here has no door. */
const callNumbers = {
  x64: {
    setxattr: 188,
    getxattr: 191,
    listxattr: 194,
    removexattr: 197,
    watchInit: 294,
    watchAdd: 254,
    watchRemove: 255,
  },
  arm64: { setxattr: 5, getxattr: 8, listxattr: 11, removexattr: 14, watchInit: 26, watchAdd: 27, watchRemove: 28 },
} as const;

interface Waiting {
  readonly resolve: (answer: { result: number; bytes: Buffer }) => void;
  readonly reject: (cause: Error) => void;
  readonly name: string;
  readonly atOnce: ((result: number) => void) | undefined;
}
interface Helper {
  readonly child: ChildProcess;
  readonly waiting: Map<number, Waiting>;
  held: Buffer;
}
interface Listener {
  readonly events: (bytes: Buffer) => void;
  readonly lost: () => void;
}
interface Door {
  readonly clock: Clock;
  helper: Helper | null;
  listener: Listener | null;
  asked: number;
  dismiss: Cancel;
}

export function createKernelDoor(clock: Clock): KernelDoor {
  const numbers = process.arch === "x64" || process.arch === "arm64" ? callNumbers[process.arch] : null;
  const missing = numbers === null ? `system calls on ${process.arch}` : existsSync(perl) ? null : perl;
  const door: Door = { clock, helper: null, listener: null, asked: 0, dismiss: () => undefined };
  return {
    missing,
    async call(name, args, atOnce) {
      if (missing !== null || numbers === null) throw new Error(`${missing} is missing`);
      return ask(door, { number: numbers[name], name, args, atOnce });
    },
    async listen(descriptor, on) {
      const atOnce = (): void => void (door.listener = on);
      await ask(door, { number: listenCall, name: "listen", args: [descriptor], atOnce });
    },
    unlisten() {
      door.listener = null;
      if (door.helper !== null) restLater(door, door.helper);
    },
  };
}

interface Question {
  readonly number: number;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly atOnce?: ((result: number) => void) | undefined;
}

async function ask(
  door: Door,
  { number, name, args, atOnce }: Question,
): Promise<{ readonly result: number; readonly bytes: Buffer }> {
  const helper = start(door);
  if (helper.waiting.size >= maxWaiting) throw new Error(`${maxWaiting} system calls are waiting`);
  door.asked = (door.asked + 1) % listenCall;
  const id = door.asked;
  return new Promise((resolve, reject) => {
    helper.waiting.set(id, { resolve, reject, name, atOnce });
    helper.child.stdin?.write(frame(id, number, args));
  });
}

function start(door: Door): Helper {
  door.dismiss();
  if (door.helper !== null) return door.helper;
  const child = spawn(perl, ["-e", perlProgram], { stdio: ["pipe", "pipe", "ignore"], env: {} });
  const helper: Helper = { child, waiting: new Map(), held: Buffer.alloc(0) };
  child.on("error", () => lose(door, helper));
  child.on("exit", () => lose(door, helper));
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (chunk: Buffer) => {
    receive(helper, chunk, (bytes) => door.listener?.events(bytes));
    restLater(door, helper);
  });
  door.helper = helper;
  return helper;
}

function restLater(door: Door, helper: Helper): void {
  if (door.helper !== helper || helper.waiting.size > 0 || door.listener !== null) return;
  door.dismiss();
  door.dismiss = door.clock.after(idleMs, () => {
    lose(door, helper);
    helper.child.stdin?.end();
  });
}

function lose(door: Door, helper: Helper): void {
  if (door.helper !== helper) return;
  door.helper = null;
  for (const waiting of helper.waiting.values()) waiting.reject(new Error("the helper ended"));
  helper.waiting.clear();
  const { listener } = door;
  door.listener = null;
  listener?.lost();
}

function frame(id: number, number: number, args: readonly Argument[]): Buffer {
  const parts = args.map((argument) => {
    if (typeof argument === "number") return word("i", argument);
    if (typeof argument === "object") return word("o", argument.room);
    const bytes = Buffer.from(argument);
    return Buffer.concat([word("s", bytes.length), bytes]);
  });
  const head = Buffer.alloc(12);
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 0);
  head.writeUInt32BE(id, 4);
  head.writeUInt32BE(number, 8);
  return Buffer.concat([head, ...parts]);
}

function word(kind: "i" | "o" | "s", value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.write(kind, 0, "latin1");
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

function receive(helper: Helper, chunk: Buffer, events: (bytes: Buffer) => void): void {
  helper.held = helper.held.length === 0 ? chunk : Buffer.concat([helper.held, chunk]);
  while (helper.held.length >= 4) {
    const size = helper.held.readUInt32BE(0);
    if (helper.held.length < 4 + size) return;
    const message = helper.held.subarray(4, 4 + size);
    helper.held = helper.held.subarray(4 + size);
    const id = message.readUInt32BE(0);
    if (id === eventsId) events(message.subarray(4));
    else answer(helper, id, message);
  }
}

function answer(helper: Helper, id: number, message: Buffer): void {
  const waiting = helper.waiting.get(id);
  helper.waiting.delete(id);
  if (waiting === undefined) return;
  const result = Number(message.readBigInt64BE(4));
  if (result >= 0) {
    waiting.atOnce?.(result);
    return waiting.resolve({ result, bytes: message.subarray(16) });
  }
  const number = message.readUInt32BE(12);
  const code = Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? `E${number}`;
  waiting.reject(Object.assign(new Error(`${code}: ${waiting.name}`), { code }));
}
