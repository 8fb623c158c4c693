// What a forgery is: a lie as a pure function on a copy of a bundle, how carefully it is sealed again, and what must catch it.
import type { Copy } from "./copy.ts";
import type { Marks } from "./marks.ts";
import type { Seal } from "./reseal.ts";

export interface Hands {
  readonly bundle: Copy;
  readonly marks: Marks;
  /** The key of the machine that made the run. */
  readonly owner: Seal["signer"];
  /** Some other key. */
  readonly stranger: Seal["signer"];
}

export interface Forgery {
  readonly id: string;
  /**
   * `none`: the bytes are changed and nothing else. `owner`: all digests and signatures are right again, by the machine's own
   * key. `judged`: the claims were judged again from the forged records too. `stranger`: like `judged`, by another key.
   */
  readonly seal: "none" | "owner" | "judged" | "stranger";
  readonly keep?: Seal["keep"];
  /** The file that must be blamed, and words that the blame must hold. */
  readonly by: (marks: Marks) => { readonly file: string; readonly says: string };
  readonly forge: (hands: Hands) => void;
}

type By = Forgery["by"];
type Forge = Forgery["forge"];

/** Where the blame must fall: a path, the file of the bundle that a name stands for, or `anywhere` for what spoils all. */
export function blamed(file: string, says: string): By {
  return (marks) => ({ file: placeOf(file, marks), says });
}

function placeOf(file: string, { samples, events, observations }: Marks): string {
  if (file === "samples") return samples;
  if (file === "events") return events;
  return file === "observations" ? observations : file;
}

export function forgery(id: string, seal: Forgery["seal"], by: By, forge: Forge, keep?: Seal["keep"]): Forgery {
  return { id, seal, by, forge, ...(keep === undefined ? {} : { keep }) };
}
