// The variables that point an unmodified SDK at a local server.
import { pathToFileURL } from "node:url";
import { packageFolder } from "../host/package-folder.ts";
import { localDomain } from "./hosts.ts";

export interface LocalEnvironment {
  readonly E2B_API_URL: string;
  readonly E2B_SANDBOX_URL: string;
  /** Without it volume calls would go to the real cloud. */
  readonly E2B_VOLUME_API_URL: string;
  readonly E2B_API_KEY: string;
}

/** For HTTP/2 over TLS. With these `https://${sandbox.getHost(port)}` works as in the cloud. */
export interface SecureEnvironment {
  readonly E2B_DOMAIN: string;
  readonly E2B_API_KEY: string;
  readonly NODE_EXTRA_CA_CERTS: string;
  /** Makes Node find names below `localhost`. */
  readonly NODE_OPTIONS: string;
}

interface Reachable {
  readonly url: string;
  readonly apiKey: string;
}

interface SecurelyReachable {
  readonly port: number;
  readonly apiKey: string;
  readonly authorityFile: string;
}

/** What `local env` prints; the SDK needs the first two and the key. */
export function localEnvironment(server: Reachable): LocalEnvironment {
  return {
    E2B_API_URL: server.url,
    E2B_SANDBOX_URL: server.url,
    E2B_VOLUME_API_URL: server.url,
    E2B_API_KEY: server.apiKey,
  };
}

/** Instead of the plain variables, or beside them: then calls are plain and only `https://${getHost(port)}` uses TLS. */
export function secureEnvironment(server: SecurelyReachable): SecureEnvironment {
  return {
    E2B_DOMAIN: `${localDomain}:${server.port}`,
    E2B_API_KEY: server.apiKey,
    NODE_EXTRA_CA_CERTS: server.authorityFile,
    NODE_OPTIONS: `--import=${pathToFileURL(packageFolder("dist/src/local/tls/preload.js")).href}`,
  };
}
