// The certificate of `*.e2b.localhost` and the authority that signed it, kept in one folder and renewed in time.
// No key of the authority is kept: nobody can sign a second certificate that this machine's clients would trust.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile, unwritable } from "../../host/durable-file.ts";
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import { localDomain } from "../hosts.ts";

export interface Certificates {
  readonly key: string;
  readonly cert: string;
  /** What clients must trust: NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, curl --cacert. */
  readonly authorityFile: string;
}

const renewDays = 30;
const dayMs = 86_400_000;

/** Reads them, or makes them (about a third of a second, once in two years). Throws `state.unwritable`. */
export async function openCertificates(folder: string, clock: Clock, random: Random): Promise<Certificates> {
  const files = { authority: join(folder, "ca.pem"), cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const kept = readKept(files, clock.nowMs());
  if (kept !== null) return { ...kept, authorityFile: files.authority };
  const { makeCertificates } = await import("./make-certificates.ts");
  const made = makeCertificates(clock.nowMs(), random);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  replaceFile(files.key, made.key);
  replaceFile(files.cert, made.cert);
  replaceFile(files.authority, made.authority, 0o644);
  return { key: made.key, cert: made.cert, authorityFile: files.authority };
}

interface Files {
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

/** Null when a file is missing, does not fit the others, or ends soon. */
function readKept(files: Files, nowMs: number): { readonly key: string; readonly cert: string } | null {
  if (!Object.values(files).every((path) => existsSync(path))) return null;
  try {
    const [key, cert] = [readFileSync(files.key, "utf8"), readFileSync(files.cert, "utf8")];
    const own = new X509Certificate(cert);
    const authority = new X509Certificate(readFileSync(files.authority));
    const lasts = Date.parse(own.validTo) - nowMs > renewDays * dayMs;
    const fits = own.checkIssued(authority) && own.verify(authority.publicKey);
    return lasts && fits && own.checkHost(`x.${localDomain}`) !== undefined && isPair(own, key) ? { key, cert } : null;
  } catch {
    return null;
  }
}

function isPair(certificate: X509Certificate, key: string): boolean {
  return certificate.checkPrivateKey(createPrivateKey(key));
}
