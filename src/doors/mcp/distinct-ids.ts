// Requests of the server to its client (a confirmation, say) carry ids that no earlier life of the server used, so that a late
// "yes" to a question of the server that died can never count as the answer to a new one.
import type { JSONRPCMessage, MessageExtraInfo, Transport } from "@modelcontextprotocol/server";

/** The same transport; ids of the server's own requests are `<life>:<n>` on the wire. `life` is unguessable. */
export function withDistinctIds(inner: Transport, life: string): Transport {
  const prefix = `${life}:`;
  const outer: Transport = {
    async start() {
      Object.assign(inner, {
        onmessage: (message: JSONRPCMessage, extra?: MessageExtraInfo) => {
          const own = ownIds(message, prefix);
          if (own !== null) outer.onmessage?.(own, extra);
        },
        onclose: () => outer.onclose?.(),
        onerror: (error: Error) => outer.onerror?.(error),
      } satisfies Partial<Transport>);
      await inner.start();
    },
    send: (message, options) => inner.send(distinct(message, prefix), options),
    close: () => inner.close(),
    get sessionId() {
      return inner.sessionId;
    },
    setProtocolVersion: (version) => inner.setProtocolVersion?.(version),
    setSupportedProtocolVersions: (versions) => inner.setSupportedProtocolVersions?.(versions),
    ...(inner.hasPerRequestStream === undefined ? {} : { hasPerRequestStream: inner.hasPerRequestStream }),
  };
  return outer;
}

function distinct(message: JSONRPCMessage, prefix: string): JSONRPCMessage {
  if (!("method" in message)) return message;
  if ("id" in message) return { ...message, id: `${prefix}${message.id}` };
  const about = message.method === "notifications/cancelled" ? message.params?.requestId : undefined;
  if (typeof about !== "number") return message;
  return { ...message, params: { ...message.params, requestId: `${prefix}${about}` } };
}

/** Answers get their number back; null for an answer to a question this life never asked. */
function ownIds(message: JSONRPCMessage, prefix: string): JSONRPCMessage | null {
  if ("method" in message) return message;
  const { id } = message;
  if (typeof id !== "string" || !id.startsWith(prefix)) return null;
  return { ...message, id: Number(id.slice(prefix.length)) };
}
