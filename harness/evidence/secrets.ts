// Nothing that looks like a secret may enter evidence. Law: measurement §4, "a key found in evidence is REFUSED"; here it
// is refused before it is written. The thrown message names the kind and never quotes the text.
import { SwarmError } from "../../src/contracts/swarm-error.ts";

const shapes: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: "an E2B key", pattern: /\b(?:sk_)?e2b_[A-Za-z0-9]{16,}/ },
  { kind: "a bearer token", pattern: /\bbearer\s+[A-Za-z0-9._~+/-]{16,}/i },
  { kind: "an AWS access key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { kind: "a GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/ },
  { kind: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { kind: "a JSON web token", pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/ },
];

/** Kind of the first secret in the text, or null. */
export function findSecret(text: string): string | null {
  return shapes.find((shape) => shape.pattern.test(text))?.kind ?? null;
}

/** Throws `evidence.invalid` when the text holds something shaped like a secret. */
export function refuseSecrets(text: string, where: string): void {
  const kind = findSecret(text);
  if (kind === null) return;
  throw new SwarmError("evidence.invalid", `Cannot write evidence to ${where}: the record holds ${kind}`, {
    hint: "Remove the secret from what the check observes; keys never belong in evidence",
    details: { where, kind },
  });
}
