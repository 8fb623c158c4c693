// The variables that point the unmodified SDK at a local server.

export interface LocalEnvironment {
  readonly E2B_API_URL: string;
  readonly E2B_SANDBOX_URL: string;
  /** Without it volume calls would go to the real cloud. */
  readonly E2B_VOLUME_API_URL: string;
  readonly E2B_API_KEY: string;
}

/** What `local env` prints; the SDK needs the first two and the key. */
export function localEnvironment(server: { readonly url: string; readonly apiKey: string }): LocalEnvironment {
  return {
    E2B_API_URL: server.url,
    E2B_SANDBOX_URL: server.url,
    E2B_VOLUME_API_URL: server.url,
    E2B_API_KEY: server.apiKey,
  };
}
