// Content codings of uploads and downloads: identity and gzip, negotiated by quality values (RFC 9110 §12.5.3).
import { httpProblem } from "./file-problem.ts";

export type Encoding = "identity" | "gzip";

interface Offer {
  readonly name: string;
  readonly quality: number;
}

const maxOffers = 64;

function parse(header: string): Offer[] {
  const parts = header.split(",", maxOffers).map((part) => {
    const [name = "", ...parameters] = part.split(";").map((item) => item.trim().toLowerCase());
    const q = parameters.find((item) => item.startsWith("q="));
    const quality = q === undefined ? 1 : Number(q.slice(2));
    return { name, quality: Number.isNaN(quality) ? 1 : quality };
  });
  return parts.filter((offer) => offer.name !== "");
}

function refusesIdentity(offers: readonly Offer[]): boolean {
  const own = offers.find((offer) => offer.name === "identity");
  if (own !== undefined) return own.quality === 0;
  return offers.some((offer) => offer.name === "*" && offer.quality === 0);
}

export function acceptsIdentity(header: string | undefined): boolean {
  return !refusesIdentity(parse(header ?? ""));
}

/**
 * What to answer with. Every HTTP client offers gzip of its own accord; packing for a client on the same machine costs
 * both sides time, so gzip is for who takes nothing else or names nothing else. Throws 406 when neither is taken.
 */
export function negotiate(header: string | undefined): Encoding {
  const offers = parse(header ?? "");
  const taken = offers.filter((offer) => offer.quality > 0);
  const takesGzip = taken.some((offer) => offer.name === "gzip" || offer.name === "*");
  if (refusesIdentity(offers)) {
    if (takesGzip) return "gzip";
    throw httpProblem(406, "error parsing Accept-Encoding: no acceptable encoding found, supported: [gzip]");
  }
  return taken.length > 0 && taken.every((offer) => offer.name === "gzip") ? "gzip" : "identity";
}

/** How an uploaded body is packed. Throws 400 for what cannot be unpacked. */
export function bodyEncoding(header: string | undefined): Encoding {
  const name = parse(header ?? "")[0]?.name ?? "identity";
  if (name === "identity" || name === "gzip") return name;
  const problem = `unsupported Content-Encoding: ${header}, supported: [gzip]`;
  throw httpProblem(400, `error decompressing request body: ${problem}`);
}
