// What a session was sent, in order, so that a stream that broke is resumed without a gap. Lines of a file: they outlive
// kill -9. Bounded: of a long session the oldest half is dropped, and resuming from before it is refused.
import { appendFileSync, readFileSync } from "node:fs";
import type { EventStore, JSONRPCMessage, RequestId } from "@modelcontextprotocol/server";
import { isRecord } from "../../../contracts/json.ts";
import { replaceFile } from "../../../host/durable-file.ts";

interface Entry {
  readonly seq: number;
  readonly stream: string;
  /** On the first entry of a stream: the request whose answer it carries. */
  readonly request?: RequestId;
  readonly message: JSONRPCMessage | Record<string, never>;
}

export interface EventLog extends EventStore {
  /** Requests whose streams were opened and never finished: what a process that died owes. */
  unfinished(): readonly { readonly stream: string; readonly request: RequestId }[];
}

export interface EventLogOptions {
  readonly path: string;
  /** The request in whose handling the log is being called, if any. */
  readonly request: () => RequestId | undefined;
  readonly maxEvents?: number;
  readonly maxBytes?: number;
}

export function openEventLog(options: EventLogOptions): EventLog {
  const { path, request, maxEvents = 1_000, maxBytes = 8 * 1024 * 1024 } = options;
  let entries = readEntries(path);
  let bytes = entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
  const shrink = (): void => {
    entries = entries.slice(Math.ceil(entries.length / 2));
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    bytes = text.length;
    replaceFile(path, text);
  };
  const find = (eventId: string): Entry | undefined => {
    const seq = Number(eventId.split(".")[0]);
    return entries.find((entry) => entry.seq === seq && idOf(entry) === eventId);
  };
  return {
    async storeEvent(stream, message) {
      const first = !entries.some((entry) => entry.stream === stream);
      const about = first ? request() : undefined;
      const seq = (entries.at(-1)?.seq ?? 0) + 1;
      const entry: Entry = { seq, stream, message, ...(about === undefined ? {} : { request: about }) };
      const line = `${JSON.stringify(entry)}\n`;
      appendFileSync(path, line, { mode: 0o600 });
      entries.push(entry);
      bytes += line.length;
      if (entries.length > maxEvents || bytes > maxBytes) shrink();
      return idOf(entry);
    },
    getStreamIdForEventId: async (eventId) => find(eventId)?.stream,
    async replayEventsAfter(lastEventId, { send }) {
      const last = find(lastEventId);
      if (last === undefined) throw new Error("No such event is kept");
      const later = entries.filter((entry) => entry.stream === last.stream && entry.seq > last.seq);
      for (const entry of later) if (isMessage(entry.message)) await send(idOf(entry), entry.message);
      return last.stream;
    },
    unfinished: () =>
      entries.flatMap(({ stream, request: about }) =>
        about === undefined || entries.some((entry) => answers(entry, stream, about))
          ? []
          : [{ stream, request: about }],
      ),
  };
}

function idOf({ seq, stream }: Entry): string {
  return `${seq}.${stream}`;
}

function isMessage(message: Entry["message"]): message is JSONRPCMessage {
  return "jsonrpc" in message;
}

function answers({ stream, message }: Entry, wanted: string, request: RequestId): boolean {
  return stream === wanted && isMessage(message) && !("method" in message) && message.id === request;
}

/** A last line that was cut off by a crash is no event, and must not become the head of the next one. */
function readEntries(path: string): Entry[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isEntry(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

function isEntry(value: unknown): value is Entry {
  return (
    isRecord(value) &&
    typeof value.seq === "number" &&
    typeof value.stream === "string" &&
    isRecord(value.message) &&
    (value.request === undefined || typeof value.request === "string" || typeof value.request === "number")
  );
}
