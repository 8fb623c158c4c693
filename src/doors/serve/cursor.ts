// Where a viewer is in the record: one position for each namespace it follows, as the id of every event. It holds nothing of this
// process, so it resumes after a restart and at another server of the same record.

export type Cursor = ReadonlyMap<string, number>;

const longest = 8_192;
const form = /^[a-z0-9_]{1,40}:\d{1,15}(,[a-z0-9_]{1,40}:\d{1,15})*$/;

export function cursorText(cursor: Cursor): string {
  return [...cursor].map(([namespace, seq]) => `${namespace}:${seq}`).join(",");
}

/** Null for a text that no server of ours wrote. */
export function readCursor(text: string): Cursor | null {
  if (text.length > longest || !form.test(text)) return null;
  return new Map(
    text.split(",").map((pair) => {
      const [namespace = "", seq = ""] = pair.split(":");
      return [namespace, Number(seq)];
    }),
  );
}
