// A live process holds the folder's lock and has no record that can be read: removed, or written by another version.
import { SwarmError } from "../contracts/swarm-error.ts";

export function alreadyServed(pid: number): SwarmError {
  const sentence = `Cannot start a local server: process ${pid} already serves this folder, but has no record that can be read`;
  return new SwarmError("local.version", sentence, { hint: "Stop it first: e2b-swarm local stop", details: { pid } });
}
