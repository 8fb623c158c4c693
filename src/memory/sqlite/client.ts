// Writing through the process that owns the file. A request whose answer is lost is indeterminate; one that the owner never
// took is given back to be asked elsewhere.
import { connect, type Socket } from "node:net";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { findOwnerMs, ownerSilentMs } from "../core/limits.ts";
import type { Reply, Request } from "../core/request.ts";
import { frame, openFrameReader } from "./frames.ts";
import { socketPath } from "./socket-path.ts";
import { isFromOwner, unwireFault, type FromOwner, type ToOwner } from "./wire.ts";

/** Certainly not done: ask again, elsewhere. */
export const notTaken = Symbol("not taken");

export interface Client {
  write(request: Request): Promise<Reply | typeof notTaken>;
  readonly isOver: () => boolean;
  close(): void;
}

export interface ClientOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly speaks: string;
  readonly news: (namespace: string) => void;
}

interface Pending {
  readonly resolve: (reply: Reply | typeof notTaken) => void;
  readonly reject: (fault: SwarmError) => void;
}

/** Resolves once the owner has said hello in our words; null when there is none, or it is silent, or of another version. */
export async function connectToOwner(options: ClientOptions): Promise<Client | null> {
  const socket = await dial(options);
  if (socket === null) return null;
  const pending = new Map<number, Pending>();
  let over = false;
  let heard = 0;
  let asked = 0;
  const end = (settle: (one: Pending) => void): void => {
    over = true;
    socket.destroy();
    for (const one of pending.values()) settle(one);
    pending.clear();
  };
  const lost = (reason: string) => (one: Pending) => one.reject(lostAnswer(options.path, reason));
  const greeted = new Promise<boolean>((resolve) => {
    const stop = options.clock.after(findOwnerMs, () => resolve(false));
    socket.on("close", () => resolve(false));
    listenTo(socket, (message) => {
      heard += 1;
      if (message.kind === "hello") {
        stop();
        resolve(message.speaks === options.speaks);
      } else if (message.kind === "news") message.namespaces.forEach(options.news);
      else if (message.kind === "bye") end(({ resolve }) => resolve(notTaken));
      else answer(pending, message);
      if (pending.size === 0) socket.unref();
    });
  });
  socket.on("close", () => end(lost("it ended")));
  if (!(await greeted)) {
    end(lost("it does not speak"));
    return null;
  }
  socket.unref();
  const watch = watchSilence(
    options.clock,
    () => ({ heard, waiting: pending.size }),
    () => end(lost("it is silent")),
  );
  return {
    write: (request) =>
      new Promise((resolve, reject) => {
        if (over) return resolve(notTaken);
        asked += 1;
        pending.set(asked, { resolve, reject });
        socket.ref();
        socket.write(frame({ id: asked, request } satisfies ToOwner));
        watch();
      }),
    isOver: () => over,
    close: () => end(lost("the store was closed")),
  };
}

function answer(pending: Map<number, Pending>, message: Extract<FromOwner, { kind: "reply" | "fault" }>): void {
  const one = pending.get(message.id);
  pending.delete(message.id);
  if (message.kind === "reply") one?.resolve(message.reply);
  else one?.reject(unwireFault(message.fault));
}

function listenTo(socket: Socket, call: (message: FromOwner) => void): void {
  const reader = openFrameReader();
  socket.on("data", (chunk) => {
    try {
      for (const message of reader.push(chunk)) {
        if (!isFromOwner(message)) throw new Error("no message");
        call(message);
      }
    } catch {
      socket.destroy();
    }
  });
}

/** Gives an owner up that says nothing over several looks of ours: one late look may be our own absence. */
function watchSilence(clock: Clock, state: () => { heard: number; waiting: number }, giveUp: () => void): () => void {
  const looks = 4;
  let isLooking = false;
  const look = (heardThen: number, quiet: number): void => {
    const again = (): void => {
      const { heard, waiting } = state();
      if (waiting === 0) isLooking = false;
      else if (heard !== heardThen) look(heard, 0);
      else if (quiet + 1 < looks) look(heard, quiet + 1);
      else giveUp();
    };
    clock.after(ownerSilentMs / looks, again, { unref: true });
  };
  return () => {
    if (isLooking) return;
    isLooking = true;
    look(state().heard, 0);
  };
}

function dial({ path: record }: ClientOptions): Promise<Socket | null> {
  return new Promise((resolve) => {
    const { path, release } = socketPath(record);
    const socket = connect(path);
    socket.once("connect", () => {
      release();
      socket.on("error", () => socket.destroy());
      resolve(socket);
    });
    socket.once("error", () => {
      release();
      resolve(null);
    });
  });
}

function lostAnswer(path: string, reason: string): SwarmError {
  const sentence = `The answer of the process that owns ${path} was lost: ${reason}`;
  return new SwarmError("memory.indeterminate", sentence, {
    hint: "Read the record to learn whether the write took effect",
    details: { path, reason },
  });
}
