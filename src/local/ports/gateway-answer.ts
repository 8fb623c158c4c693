// What the gateway itself says to a visitor of a sandbox's port: JSON to programs and to scripts of a page, a page to a
// person. The texts are E2B's.
import type { ServedRequest, ServedResponse } from "../served.ts";
import { trafficHeader } from "./ingress.ts";

export type Refusal =
  | { readonly kind: "gone"; readonly sandboxId: string }
  | { readonly kind: "closed"; readonly sandboxId: string; readonly port: number }
  | { readonly kind: "token-missing" | "token-wrong"; readonly sandboxId: string };

interface Said {
  readonly title: string;
  readonly body: Readonly<Record<string, string | number>> & { readonly message: string; readonly code: number };
}

const secured = "Sandbox is secured with traffic access token.";

export function refuse(request: ServedRequest, response: ServedResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const { title, body } = said(refusal);
  const asPage = wantsPage(request);
  const text = Buffer.from(asPage ? page(title, body.message, request.headers.host ?? "") : JSON.stringify(body));
  const type = asPage ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(body.code, { "content-type": type, "content-length": text.length });
  response.end(text);
}

function said(refusal: Refusal): Said {
  const { sandboxId } = refusal;
  switch (refusal.kind) {
    case "gone":
      return { title: "Sandbox Not Found", body: { sandboxId, message: "The sandbox was not found", code: 502 } };
    case "closed": {
      const message = "The sandbox is running but port is not open";
      return { title: "Closed Port Error", body: { sandboxId, message, port: refusal.port, code: 502 } };
    }
    case "token-missing": {
      const message = `${secured} Token header '${trafficHeader}' is missing`;
      return { title: "Missing Traffic Access Token", body: { sandboxId, message, code: 403 } };
    }
    case "token-wrong": {
      const message = `${secured} Provided token in header '${trafficHeader}' is invalid`;
      return { title: "Invalid Traffic Access Token", body: { sandboxId, message, code: 403 } };
    }
  }
}

const browsers = /mozilla|chrome|safari|firefox|edge|opera|msie/i;
const scriptModes = new Set(["cors", "no-cors", "same-origin", "websocket"]);

/** The intent counts before the browser's name: a page's fetch() sends that name too, and wants JSON. */
function wantsPage({ headers }: ServedRequest): boolean {
  const accept = headers.accept?.toLowerCase() ?? "";
  if (accept.includes("application/json") && !accept.includes("text/html")) return false;
  const mode = headers["sec-fetch-mode"]?.toLowerCase() ?? "";
  if (scriptModes.has(mode)) return false;
  if (mode !== "navigate" && headers["x-requested-with"] !== undefined) return false;
  return browsers.test(headers["user-agent"] ?? "");
}

function page(title: string, message: string, host: string): string {
  const [safeTitle, safeMessage, safeHost] = [title, message, host].map((text) => escaped(text));
  return `<html lang="en">
<head><meta charset="UTF-8"><title>${safeTitle}</title></head>
<body><main><h1>${safeTitle}</h1><p>${safeMessage}</p><p><code>${safeHost}</code></p></main></body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
