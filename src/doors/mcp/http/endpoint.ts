// Both eras behind one address: requests that carry their own envelope (2026-07-28) are served one by one, everything older in
// sessions. The same factory builds the server for both.
import { createMcpHandler, isLegacyRequest } from "@modelcontextprotocol/server";
import type { Log } from "../../../host/log.ts";
import type { Upstream } from "./listen.ts";
import { openSessions, type SessionsOptions } from "./sessions.ts";

export interface Endpoint {
  readonly upstream: Upstream;
  close(): Promise<void>;
}

export function openEndpoint(options: SessionsOptions & { readonly log: Log }): Endpoint {
  const sessions = openSessions(options);
  const modern = createMcpHandler(() => options.build(), {
    legacy: "reject",
    onerror: (error) => options.log.write("debug", error.message),
  });
  return {
    async upstream(request, admitted) {
      const { message, authInfo } = admitted;
      if (await isLegacyRequest(request, message ?? undefined)) return sessions.handle(request, admitted);
      return modern.fetch(request, {
        ...(message === null ? {} : { parsedBody: message }),
        ...(authInfo === null ? {} : { authInfo }),
      });
    },
    async close() {
      await Promise.allSettled([modern.close(), sessions.close()]);
    },
  };
}
