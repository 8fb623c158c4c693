// How the functions that measure and connect read in this process. A fresh Node reads them too; where the two texts differ,
// something was put in their place. The text is taken by a realm of its own, which a disguise here cannot reach.
import childProcess from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { runInNewContext } from "node:vm";

/** Name to source text, or to what stands there instead of a function. */
export function nativeSources(): Readonly<Record<string, string>> {
  const read: unknown = runInNewContext("(one) => Function.prototype.toString.call(one)");
  const textOf = (one: unknown): string =>
    typeof one === "function" && typeof read === "function" ? String(read(one)) : typeof one;
  return Object.fromEntries(watched.map(([name, holder, key]) => [name, textOf(Reflect.get(holder, key))]));
}

const watched: readonly (readonly [string, object, string])[] = [
  ["fetch", globalThis, "fetch"],
  ["Date", globalThis, "Date"],
  ["Date.now", Date, "now"],
  ["Date.prototype.getTime", Date.prototype, "getTime"],
  ["process.hrtime", process, "hrtime"],
  ["process.hrtime.bigint", process.hrtime, "bigint"],
  ["performance.now", performance, "now"],
  ["setTimeout", globalThis, "setTimeout"],
  ["http.request", http, "request"],
  ["http.get", http, "get"],
  ["https.request", https, "request"],
  ["net.connect", net, "connect"],
  ["net.Socket.prototype.connect", net.Socket.prototype, "connect"],
  ["tls.connect", tls, "connect"],
  ["fs.readFileSync", fs, "readFileSync"],
  ["fs.writeFileSync", fs, "writeFileSync"],
  ["child_process.spawn", childProcess, "spawn"],
  ["child_process.spawnSync", childProcess, "spawnSync"],
  ["Function.prototype.toString", Function.prototype, "toString"],
  ["JSON.stringify", JSON, "stringify"],
  ["JSON.parse", JSON, "parse"],
];
