// What agents answered and the record does not hold yet. The core carries a name for the answer, the record gets the whole.
import type { Json } from "../../contracts/json.ts";
import { invariant } from "../../contracts/invariant.ts";

export interface Answers {
  /** The name the core carries: a lease has one answer, so its fence is enough. */
  readonly keep: (fence: number, answer: Json) => string;
  readonly of: (name: string) => Json;
  readonly forget: (name: string) => void;
}

/** Answers that were fenced off are never recorded: the oldest leave when there are so many. */
const maxAnswers = 10_000;

export function openAnswers(): Answers {
  const kept = new Map<string, Json>();
  return {
    keep(fence, answer) {
      const name = String(fence);
      const oldest = kept.size >= maxAnswers ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      kept.set(name, answer);
      return name;
    },
    of(name) {
      const answer = kept.get(name);
      invariant(answer !== undefined, "an answer is kept until it is durable");
      return answer;
    },
    forget: (name) => void kept.delete(name),
  };
}
