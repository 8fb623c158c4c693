// What agents answered and the record does not hold yet, by digest: the core carries the digest, the record gets the whole.
import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../../contracts/json.ts";
import { invariant } from "../../contracts/invariant.ts";

export interface Answers {
  /** Its digest, sha256 hex of the canonical JSON. */
  readonly keep: (answer: Json) => string;
  readonly of: (digest: string) => Json;
  readonly forget: (digest: string) => void;
}

/** Answers that were fenced off are never recorded: the oldest leave when there are so many. */
const maxAnswers = 10_000;

export function openAnswers(): Answers {
  const kept = new Map<string, Json>();
  return {
    keep(answer) {
      const digest = createHash("sha256").update(canonicalJson(answer)).digest("hex");
      const oldest = kept.size >= maxAnswers ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      kept.set(digest, answer);
      return digest;
    },
    of(digest) {
      const answer = kept.get(digest);
      invariant(answer !== undefined, "an answer is kept until it is durable");
      return answer;
    },
    forget: (digest) => void kept.delete(digest),
  };
}
