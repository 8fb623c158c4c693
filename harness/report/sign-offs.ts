// Sign-offs beside a run: DSSE envelopes in `signoffs/`, each a signature over the digest of the evidence. One over another
// digest, without an expiry, or that does not hold is left out by name: a report never shows a name that nobody signed with.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { keyidOf, openEnvelope } from "../evidence/sign.ts";
import type { SignOff } from "../render/run-document.ts";

const signOffType = "application/vnd.e2b-swarm.signoff+json";
const mostSignOffs = 32;
const day = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;

interface FoundSignOffs {
  readonly signOffs: readonly SignOff[];
  /** Files that hold no sign-off of this evidence, with the reason. */
  readonly refused: readonly string[];
}

/** `manifestSha256`: the digest that the reports print. */
export function readSignOffs(folder: string, manifestSha256: string, nowMs: number): FoundSignOffs {
  const place = join(folder, "signoffs");
  if (!existsSync(place)) return { signOffs: [], refused: [] };
  const names = readdirSync(place).filter((name) => name.endsWith(".dsse.json"));
  const read = names
    .sort()
    .slice(0, mostSignOffs)
    .map((name) => ({ name, found: readOne(readFileSync(join(place, name), "utf8"), manifestSha256, nowMs) }));
  return {
    signOffs: read.flatMap(({ found }) => (typeof found === "string" ? [] : [found])),
    refused: read.flatMap(({ name, found }) => (typeof found === "string" ? [`signoffs/${name}: ${found}`] : [])),
  };
}

function readOne(text: string, manifestSha256: string, nowMs: number): SignOff | string {
  try {
    const envelope: unknown = JSON.parse(text);
    if (!isEnvelope(envelope)) return "it is no envelope of a sign-off";
    const payload: unknown = JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8"));
    if (!isRecord(payload) || payload.schema !== "signoff/1") return "its payload is no sign-off";
    const { role, signedAt, expiresAt, publicKey, evidence } = payload;
    if (evidence !== manifestSha256) return "it speaks about other evidence";
    if (typeof role !== "string" || typeof publicKey !== "string") return "it names no role or no key";
    if (!isDay(signedAt) || !isDay(expiresAt)) return "it has no date or no expiry";
    const spki = Buffer.from(publicKey, "base64");
    if (openEnvelope(envelope, spki) === null) return "its signature does not hold";
    return { role, keyid: keyidOf(spki), signedAt, expiresAt, expired: nowMs >= Date.parse(expiresAt) };
  } catch {
    return "it cannot be read";
  }
}

function isDay(value: unknown): value is string {
  return typeof value === "string" && day.test(value) && Number.isFinite(Date.parse(value));
}

function isEnvelope(value: unknown): value is Parameters<typeof openEnvelope>[0] {
  if (!isRecord(value) || value.payloadType !== signOffType || typeof value.payload !== "string") return false;
  const { signatures } = value;
  return (
    Array.isArray(signatures) &&
    signatures.every((one: unknown) => isRecord(one) && typeof one.sig === "string" && typeof one.keyid === "string")
  );
}
