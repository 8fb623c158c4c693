// Makes an authority and the server's certificate. The authority may sign names below `localhost` only (a critical name
// constraint), so that trusting it opens nothing else. Keys come from Node; the library only writes X.509.
import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";
import type { Random } from "../../host/random.ts";
import { localDomain } from "../hosts.ts";

/** PEM texts. */
export interface MadeCertificates {
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

const dayMs = 86_400_000;
/** The longest life that every client accepts of a certificate under a private authority. */
const lifeDays = 800;
const keyBits = 2048;
const serialBytes = 16;
const nameConstraintsId = "2.5.29.30";

interface Pair {
  readonly publicKey: forge.pki.rsa.PublicKey;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly pem: string;
}

export function makeCertificates(nowMs: number, random: Random): MadeCertificates {
  const authorityKeys = makePair();
  const serverKeys = makePair();
  const authorityName = [{ name: "commonName", value: `e2b-swarm local authority ${random.bytes(4).toString("hex")}` }];
  const authority = draft(nowMs, random, authorityKeys, { subject: authorityName, issuer: authorityName });
  authority.setExtensions([
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
    { id: nameConstraintsId, critical: true, value: onlyBelow("localhost") },
  ]);
  authority.sign(authorityKeys.privateKey, forge.md.sha256.create());
  const names = { subject: [{ name: "commonName", value: localDomain }], issuer: authorityName };
  const server = draft(nowMs, random, serverKeys, names);
  server.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: [localDomain, `*.${localDomain}`, "localhost"].map(dnsName) },
    { name: "authorityKeyIdentifier", keyIdentifier: authority.generateSubjectKeyIdentifier().getBytes() },
  ]);
  server.sign(authorityKeys.privateKey, forge.md.sha256.create());
  return {
    authority: forge.pki.certificateToPem(authority),
    cert: forge.pki.certificateToPem(server),
    key: serverKeys.pem,
  };
}

interface Names {
  readonly subject: forge.pki.CertificateField[];
  readonly issuer: forge.pki.CertificateField[];
}

function draft(nowMs: number, random: Random, keys: Pair, names: Names): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  // A first byte below 0x80 keeps the number positive, one above 0 keeps its length.
  certificate.serialNumber = `01${random.bytes(serialBytes).toString("hex")}`;
  certificate.validity.notBefore = new Date(nowMs - dayMs);
  certificate.validity.notAfter = new Date(nowMs + lifeDays * dayMs);
  certificate.setSubject(names.subject);
  certificate.setIssuer(names.issuer);
  return certificate;
}

function makePair(): Pair {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: keyBits,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    pem: privateKey,
  };
}

function dnsName(value: string): { readonly type: 2; readonly value: string } {
  return { type: 2, value };
}

/** NameConstraints ::= SEQUENCE { permittedSubtrees [0] { SEQUENCE { base dNSName [2] } } } (RFC 5280, 4.2.1.10). */
function onlyBelow(name: string): string {
  const [sequence, permitted, dnsBase] = [0x30, 0xa0, 0x82];
  const subtree = der(sequence, der(dnsBase, Buffer.from(name, "latin1")));
  return der(sequence, der(permitted, subtree)).toString("latin1");
}

/** One DER element shorter than 128 bytes. */
function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
