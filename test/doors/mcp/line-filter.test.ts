import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { judgeLine, lineFilter } from "../../../src/doors/mcp/line-filter.ts";

async function filter(
  chunks: readonly (string | Buffer)[],
  limit?: number,
): Promise<{ out: string; answers: unknown[] }> {
  const answers: unknown[] = [];
  const stream = lineFilter((line) => answers.push(JSON.parse(line)), limit);
  const parts: Buffer[] = [];
  for await (const chunk of Readable.from(chunks.map((c) => Buffer.from(c))).pipe(stream)) parts.push(chunk as Buffer);
  return { out: Buffer.concat(parts).toString("utf8"), answers };
}

const refused: readonly (readonly [string, number, unknown])[] = [
  ["{bad", -32700, null],
  ['"text"', -32600, null],
  ["7", -32600, null],
  ["null", -32600, null],
  ["[]", -32600, null],
  ['[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]', -32600, null],
  ['{"id":1,"method":"ping"}', -32600, 1],
  ['{"jsonrpc":"1.0","id":"a","method":"ping"}', -32600, "a"],
  ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, null],
  ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, null],
  ['{"jsonrpc":"2.0","id":0,"method":5}', -32600, 0],
  ['{"jsonrpc":"2.0","id":3,"method":"ping","params":[1]}', -32600, 3],
  ['{"jsonrpc":"2.0","id":3,"method":"ping","params":null}', -32600, 3],
  ['{"jsonrpc":"2.0","id":3}', -32600, 3],
  ['{"jsonrpc":"2.0","id":3,"result":{},"error":{}}', -32600, 3],
  ['{"jsonrpc":"2.0","result":{}}', -32600, null],
];

describe("lines", () => {
  test.each(refused)("%s is answered with %d and id %j", (line, code, id) => {
    const verdict = judgeLine(line);
    if (verdict.kind !== "answer") throw new Error("not refused");
    expect(JSON.parse(verdict.reply)).toMatchObject({ jsonrpc: "2.0", id, error: { code } });
  });

  test.each([
    '{"jsonrpc":"2.0","id":0,"method":"ping"}',
    '{"jsonrpc":"2.0","method":"notifications/x","params":{}}',
    '{"jsonrpc":"2.0","id":"s","result":{}}',
    '{"jsonrpc":"2.0","id":4,"error":{"code":1,"message":"m"}}',
  ])("%s passes", (line) => expect(judgeLine(line)).toEqual({ kind: "forward", message: JSON.parse(line) }));

  test("blank lines are ignored", () =>
    expect([judgeLine(""), judgeLine("  ")]).toEqual([{ kind: "ignore" }, { kind: "ignore" }]));
});

describe("stream", () => {
  const ping = '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"é"}}';
  test("lines survive any cut of the bytes, carriage returns and a missing last newline", async () => {
    const bytes = Buffer.from(`${ping}\r\n\n{bad\n${ping}`);
    const single = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect(await filter(single)).toEqual(await filter([bytes]));
    expect(await filter([bytes])).toEqual({
      out: `${ping}\n${ping}\n`,
      answers: [expect.objectContaining({ error: expect.objectContaining({ code: -32700 }) })],
    });
  });

  test("a line over the limit is answered once and the next one is served", async () => {
    const { out, answers } = await filter([`{"x":"${"a".repeat(500)}`, "b".repeat(500), `"}\n${ping}\n`], 100);
    expect(out).toBe(`${ping}\n`);
    expect(answers).toEqual([
      {
        jsonrpc: "2.0",
        id: null,
        error: { code: -32600, message: "Invalid request: the line is longer than 100 bytes" },
      },
    ]);
  });
});
