// A throw-away authority and one certificate for every host of the test internet. Its key is forgotten at once, and only
// the test internet's own mount namespace trusts it.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import forge from "node-forge";

const dayMs = 86_400_000;
const dnsType = 2;
const addressType = 7;

export async function makeHostCertificate(hosts) {
  const authorityName = [{ name: "commonName", value: "e2b-swarm test internet" }];
  const authorityKeys = makePair();
  const authority = draft(authorityKeys, authorityName, authorityName, [
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  authority.sign(authorityKeys.privateKey, forge.md.sha256.create());
  const keys = makePair();
  const altNames = hosts.flatMap(({ address, names }) => [
    { type: addressType, ip: address },
    ...names.map((value) => ({ type: dnsType, value })),
  ]);
  const cert = draft(keys, [{ name: "commonName", value: "test internet hosts" }], authorityName, [
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames },
  ]);
  cert.sign(authorityKeys.privateKey, forge.md.sha256.create());
  return { authority: forge.pki.certificateToPem(authority), cert: forge.pki.certificateToPem(cert), key: keys.pem };
}

function makePair() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    pem: privateKey,
  };
}

function draft(keys, subject, issuer, extensions) {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = `01${randomBytes(16).toString("hex")}`;
  certificate.validity.notBefore = new Date(Date.now() - dayMs);
  certificate.validity.notAfter = new Date(Date.now() + dayMs);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  return certificate;
}
