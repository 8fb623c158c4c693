// From a target to what the SDK needs: the one place that looks at the kind of target. Every address is given, so that no
// variable of the environment can send requests elsewhere.
import type { Target } from "../contracts/target.ts";

export interface ConnectionOptions {
  readonly apiKey: string;
  readonly apiUrl: string;
  readonly sandboxUrl?: string;
  readonly domain?: string;
  readonly debug: false;
}

export interface Connection {
  readonly options: ConnectionOptions;
  /** Where the ports of a sandbox are reached. */
  urlOf(sandboxId: string): string;
  /** What the target calls a template. */
  templateOf(name: string): string;
}

/** E2B's base template holds Node and Python; it has no public templates of these names. */
const cloudTemplates: ReadonlyMap<string, string> = new Map([
  ["node", "base"],
  ["python", "base"],
]);

const sharedHosts: ReadonlyMap<string, string> = new Map([["e2b.app", "https://sandbox.e2b.app"]]);

export function connectionTo(target: Target): Connection {
  switch (target.kind) {
    case "local": {
      const { apiKey, url } = target;
      const options = { apiKey, apiUrl: url, sandboxUrl: url, debug: false } as const;
      return { options, urlOf: () => url, templateOf: (name) => name };
    }
    case "cloud": {
      const { apiKey, domain } = target;
      const sandboxUrl = sharedHosts.get(domain);
      const address = { apiUrl: `https://api.${domain}`, ...(sandboxUrl === undefined ? {} : { sandboxUrl }) };
      return {
        options: { apiKey, domain, ...address, debug: false },
        urlOf: (id) => `https://49983-${id}.${domain}`,
        templateOf: (name) => cloudTemplates.get(name) ?? name,
      };
    }
  }
}
