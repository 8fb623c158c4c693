// The small pure parts: signatures, multipart, gate, pool order, ids.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eachPart } from "../../src/local/envd/files/multipart.ts";
import { createGate } from "../../src/local/gate.ts";
import { shiftedRange } from "../../src/local/isolation/ids.ts";
import { isExpired, sameSecret, signatureOf } from "../../src/local/signature.ts";
import { makeSandboxId } from "../../src/local/sandbox-table.ts";
import { seededRandom, systemRandom } from "../../src/host/random.ts";

describe("signature", () => {
  const request = { path: "/a b.txt", operation: "read", user: "", expiration: undefined } as const;
  it("is v1_ and the unpadded sha256 of its parts", () => {
    const digest = createHash("sha256").update("/a b.txt:read::tok").digest("base64").replace(/=+$/, "");
    expect(signatureOf(request, "tok")).toBe(`v1_${digest}`);
  });
  it("changes with every part", () => {
    const others = [
      signatureOf({ ...request, path: "/a" }, "tok"),
      signatureOf({ ...request, operation: "write" }, "tok"),
      signatureOf({ ...request, user: "root" }, "tok"),
      signatureOf({ ...request, expiration: "1" }, "tok"),
      signatureOf(request, "other"),
    ];
    expect(new Set([signatureOf(request, "tok"), ...others]).size).toBe(6);
  });
  it("expires by whole seconds, and a broken expiry never passes", () => {
    expect(isExpired(request, 1e12)).toBe(false);
    expect(isExpired({ ...request, expiration: "100" }, 100)).toBe(false);
    expect(isExpired({ ...request, expiration: "100" }, 101)).toBe(true);
    expect(isExpired({ ...request, expiration: "soon" }, 0)).toBe(true);
  });
  it("compares secrets of any length", () => {
    expect(sameSecret("abc", "abc")).toBe(true);
    expect(sameSecret("abc", "abcd")).toBe(false);
    expect(sameSecret("", "a")).toBe(false);
  });
});

describe("multipart", () => {
  const read = async (chunks: Buffer[], boundary: string): Promise<[string, string][]> => {
    const parts: [string, string][] = [];
    await eachPart(Readable.from(chunks), boundary, async (part, content) => {
      const bytes: Buffer[] = [];
      for await (const chunk of content) bytes.push(chunk as Buffer);
      parts.push([part.fileName ?? part.name, Buffer.concat(bytes).toString("latin1")]);
    });
    return parts;
  };
  it("gives back every part however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom("a", "\r", "\n", "-", "B", "\0", "\xff") }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 7 }),
        async (contents, cut) => {
          const boundary = "BB";
          const bodies = contents.map((text) => text.replaceAll("--BB", ""));
          const head = (n: number): string =>
            `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="f${n}"\r\n\r\n`;
          const text = bodies.map((body, n) => `${head(n)}${body}\r\n`).join("") + `--${boundary}--\r\n`;
          const bytes = Buffer.from(text, "latin1");
          const chunks = Array.from({ length: Math.ceil(bytes.length / cut) }, (_, n) =>
            bytes.subarray(n * cut, (n + 1) * cut),
          );
          expect(await read(chunks, boundary)).toEqual(bodies.map((body, n) => [`f${n}`, body]));
        },
      ),
      { numRuns: 60 },
    );
  });
  it("refuses a body that ends before its last boundary", async () => {
    const cutOff = Buffer.from('--BB\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhalf');
    let reader: Promise<unknown> = Promise.resolve();
    const taken = eachPart(Readable.from([cutOff]), "BB", async (_, content) => {
      reader = content.toArray();
      await reader;
    });
    await expect(taken).rejects.toThrow("the multipart body ends before its last boundary");
    // Its reader learns it too, instead of waiting for the rest.
    await expect(reader).rejects.toThrow("the multipart body ends before its last boundary");
  });
});

describe("gate", () => {
  it("never lets more in than its width, serves all, and says when it is idle", async () => {
    const gate = createGate(2);
    let inside = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    const all = Promise.all(Array.from({ length: 9 }, async () => gate.run(task)));
    const failed = gate.run(async () => Promise.reject(new Error("no"))).catch((error: Error) => error.message);
    await gate.idle();
    expect([inside, most, await failed]).toEqual([0, 2, "no"]);
    await all;
  });
});

describe("ids", () => {
  it("makes sandbox ids of one letter and twenty letters or digits, all different", () => {
    const ids = Array.from({ length: 500 }, () => makeSandboxId(systemRandom));
    expect(ids.every((id) => /^i[a-z0-9]{20}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(500);
    expect(makeSandboxId(seededRandom(7))).toBe(makeSandboxId(seededRandom(7)));
  });
  it("takes a range of ids far from people and subuids", () => {
    const range = shiftedRange();
    expect(range.count).toBe(65_536);
    expect(range.first).toBeGreaterThanOrEqual(1_900_000_000);
    expect(range.first + range.count).toBeLessThan(2 ** 31);
  });
});
