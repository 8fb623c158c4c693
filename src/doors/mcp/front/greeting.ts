// How a session was begun, kept by the front so that the next worker can be introduced to it behind the host's back.
import type { Message } from "./interrupted.ts";

export interface Greeting {
  /** True while the next worker has not yet answered. */
  busy(): boolean;
  fromHost(message: Message): void;
  answered(request: Message, answer: Message): void;
  /** Begins; false when there is nothing to repeat: a session not begun, or a revision without sessions. */
  repeat(send: (message: Message) => void): boolean;
  interrupted(): void;
  /** True when the message was the answer to `repeat`; the rest of the greeting is then sent. */
  fromWorker(message: Message): boolean;
}

export function openGreeting(): Greeting {
  const ownId = "e2b-swarm/restart";
  let initialize: Message | null = null;
  let initialized: Message | null = null;
  let level: Message | null = null;
  let going: ((message: Message) => void) | null = null;
  return {
    busy: () => going !== null,
    fromHost(message: Message): void {
      if (message.method === "notifications/initialized") initialized = message;
    },
    answered(request: Message, answer: Message): void {
      if ("error" in answer) return;
      if (request.method === "initialize") initialize = request;
      if (request.method === "logging/setLevel") level = request;
    },
    repeat(send: (message: Message) => void): boolean {
      if (initialize === null) return false;
      going = send;
      send({ ...initialize, id: ownId });
      return true;
    },
    interrupted: (): void => {
      going = null;
    },
    fromWorker(message: Message): boolean {
      if (going === null || "method" in message || message.id !== ownId) return false;
      if (initialized !== null) going(initialized);
      if (level !== null) going({ ...level, id: `${ownId}/level` });
      going = null;
      return true;
    },
  };
}
