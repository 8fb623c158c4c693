// What the command lines of these programs read alike: a bounded whole number, and the refusal of everything else.
import { SwarmError } from "../../src/contracts/swarm-error.ts";

export interface Words {
  /** Throws `usage.invalid` for anything but a whole number from 0 to `most`. */
  readonly whole: (text: string, most: number) => number;
  readonly refused: (reason: string) => SwarmError;
}

/** `hint` says a whole command line that works. */
export function openWords(hint: string): Words {
  const refused = (reason: string): SwarmError =>
    new SwarmError("usage.invalid", `Cannot measure: ${reason}`, { hint: `Say: ${hint}` });
  return {
    refused,
    whole(text, most) {
      const value = Number(text);
      if (text !== "" && Number.isInteger(value) && value >= 0 && value <= most) return value;
      throw refused(`'${text}' is not a whole number from 0 to ${most}`);
    },
  };
}
