// A connection that is opened when it is needed, and anew when it has ended.
import type { Connection } from "./connection.ts";

export interface Line {
  readonly get: () => Promise<Connection>;
  close(): Promise<void>;
}

export function openLine(open: () => Promise<Connection>): Line {
  let present: Promise<Connection> | null = null;
  const opened = (): Promise<Connection> => {
    const opening = open();
    present = opening;
    opening.catch(() => {
      if (present === opening) present = null;
    });
    return opening;
  };
  return {
    async get() {
      const connection = await (present ?? opened());
      return connection.isOver() ? opened() : connection;
    },
    async close() {
      const connection = await present?.catch(() => null);
      await connection?.close();
    },
  };
}
