// Secrets by id and name. A value goes in and never comes out: nothing here hands it on, because without an egress proxy
// there is no traffic it could be put into. Only its size is checked; it is not even kept.
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import { limits } from "../limits.ts";

export interface Secret {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  version: number;
  metadata: Readonly<Record<string, string>>;
  updatedAtMs: number;
}

export interface SecretStore {
  /** Oldest first. */
  all(): readonly Secret[];
  /** By id or by name, any case. */
  find(asked: string): Secret | undefined;
  create(name: string, metadata: Readonly<Record<string, string>>): Secret;
  /** A new version; metadata stays as it is when undefined. */
  update(secret: Secret, metadata: Readonly<Record<string, string>> | undefined): void;
  remove(secret: Secret): void;
}

export const secretIdPrefix = "sec_";

export function createSecretStore({ clock, random }: { readonly clock: Clock; readonly random: Random }): SecretStore {
  const secrets = new Map<string, Secret>();
  return {
    all: () => [...secrets.values()],
    find(asked) {
      const key = asked.trim().toLowerCase();
      if (key.startsWith(secretIdPrefix)) return secrets.get(key);
      return [...secrets.values()].find((secret) => secret.name === key);
    },
    create(name, metadata) {
      const now = clock.nowMs();
      const id = secretIdPrefix + random.bytes(16).toString("hex");
      const secret: Secret = { id, name, metadata, version: 1, createdAtMs: now, updatedAtMs: now };
      secrets.set(id, secret);
      return secret;
    },
    update(secret, metadata) {
      secret.version++;
      secret.updatedAtMs = clock.nowMs();
      if (metadata !== undefined) secret.metadata = metadata;
    },
    remove: (secret) => void secrets.delete(secret.id),
  };
}

/** The name as it is kept, or null: not empty, no braces or control characters, and never the shape of an id. */
export function secretName(text: string): string | null {
  const name = text.trim().toLowerCase();
  if (name === "" || Buffer.byteLength(name) > limits.secretNameBytes) return null;
  return /[{}\p{Cc}]/u.test(name) || name.startsWith(secretIdPrefix) ? null : name;
}

/** The sentence that says what is wrong with it, or null. */
export function metadataProblem(metadata: Readonly<Record<string, string>>): string | null {
  const entries = Object.entries(metadata);
  if (entries.length > limits.secretMetadata.entries)
    return `metadata has ${entries.length} entries but at most ${limits.secretMetadata.entries} are kept`;
  let total = 0;
  for (const [key, value] of entries) {
    const sizes = { key: Buffer.byteLength(key), value: Buffer.byteLength(value) };
    total += sizes.key + sizes.value;
    if (sizes.key === 0 || sizes.key > limits.secretMetadata.keyBytes)
      return `a metadata key has ${sizes.key} bytes but must have 1 to ${limits.secretMetadata.keyBytes}`;
    if (sizes.value > limits.secretMetadata.valueBytes)
      return `a metadata value has ${sizes.value} bytes but at most ${limits.secretMetadata.valueBytes} are kept`;
  }
  return total > limits.secretMetadata.totalBytes
    ? `metadata has ${total} bytes but at most ${limits.secretMetadata.totalBytes} are kept`
    : null;
}

/** What `Secret.fill` writes where a value is meant; resolving it would need an egress proxy. */
export function holdsSecretMarker(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes("${e2b.secrets.");
}
