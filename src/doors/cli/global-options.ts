// The options every command takes, and the texts of the families of commands: data for the parser, help, completion and docs.
import { plainFace, type OptionFace } from "./option-face.ts";

/** The parser adds these two in its own way. */
export const versionOption = plainFace("-V, --version", "print the version");
export const helpOption = plainFace("-h, --help", "print help");

export const globalOptions: readonly OptionFace[] = [
  plainFace("-j, --json", "print exactly one JSON document on stdout"),
  plainFace("-y, --yes", "confirm destructive commands"),
  plainFace("--no-input", "never ask a question"),
  plainFace("--no-color", "print without colour"),
  plainFace("--config <file>", "config file (default: e2b-swarm.config.* here or above)"),
  plainFace("--no-config", "use no config file"),
  plainFace("--target <where>", "local server or E2B cloud (default: see Environment)", ["local", "cloud"]),
  plainFace("--isolation <kind>", "how local sandboxes are isolated (default: bwrap)", ["bwrap", "gvisor", "none"]),
];

/** `swarm init` is the command `init` of the family `swarm`. */
export const families: Readonly<Record<string, string>> = {
  template: "Templates deployed with a configuration, and templates made of sandboxes",
  swarm: "Live swarms, which go on working after the command that started them",
};
