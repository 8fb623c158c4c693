import { describe, expect, it } from "vitest";
import { mapImage, type HostBase } from "../../../src/local/templates/base-image.ts";
import { parseName, parseTags } from "../../../src/local/templates/names.ts";
import { parseBuildPlan } from "../../../src/local/templates/parse-build.ts";

const host: HostBase = { system: "Test Linux 7", debianLike: true, nodeVersion: "20.20.2", pythonVersion: "3.11" };

describe("image names", () => {
  it("map only to what this machine really has", () => {
    const mapped = (name: string, base: HostBase = host): boolean => mapImage(name, base).kind === "mapped";
    for (const name of ["e2bdev/base", "e2bdev/base:latest", "base", "debian:stable", "ubuntu:22.04", "docker.io/library/ubuntu"])
      expect([name, mapped(name)]).toEqual([name, true]);
    for (const name of ["node", "node:lts", "node:20-slim", "node:20.20.2", "python:3", "python:3.11-slim", "python"])
      expect([name, mapped(name)]).toEqual([name, true]);
    for (const name of ["node:22", "node:2", "python:3.12", "python:3.1", "alpine", "fedora:44", "oven/bun", "nginx"])
      expect([name, mapped(name)]).toEqual([name, false]);
    for (const name of ["ghcr.io/acme/node:20", "registry.example.com/ubuntu", "e2bdev/code-interpreter", "ubuntu@sha256:00", ""])
      expect([name, mapped(name)]).toEqual([name, false]);
    expect(mapped("debian", { ...host, debianLike: false })).toBe(false);
    expect(mapped("python", { ...host, pythonVersion: null })).toBe(false);
  });

  it("say on what the template stands, or why it cannot", () => {
    expect(mapImage("python:3", host)).toMatchObject({
      sentence:
        "Stands on this machine's own /usr (Test Linux 7, with python3 3.11), not on image python:3: no image is pulled",
    });
    expect(mapImage("python:3.13", host)).toEqual({
      kind: "refused",
      sentence:
        "[local.image] Cannot build from image 'python:3.13': the local target pulls no images, and this machine has python3 3.11. Names that can stand for this machine: e2bdev/base, debian, ubuntu, node, python",
    });
  });
});

describe("names, tags and plans", () => {
  it("are read as E2B reads them", () => {
    expect(parseName(" My-Name_1 ")).toEqual({ namespace: null, name: "my-name_1", tag: null });
    expect(parseName("Local/x:V1.2")).toEqual({ namespace: "local", name: "x", tag: "v1.2" });
    for (const wrong of ["", "a b", "a:", ":a", "a:b:c", "a/b/c", "/a", "ä", "x".repeat(200)])
      expect([wrong, typeof parseName(wrong)]).toEqual([wrong, "string"]);
    expect(parseTags(["A", "a", "b.c"])).toEqual(["a", "b.c"]);
    expect(parseTags(["00000000-0000-0000-0000-000000000000"])).toContain("tag cannot be a UUID");
  });

  it("refuse what is malformed with the step's number", () => {
    const plan = (more: object): unknown => parseBuildPlan({ fromImage: "base", ...more });
    expect(parseBuildPlan({})).toBe("exactly one of fromImage or fromTemplate must be given");
    expect(plan({ fromTemplate: "x" })).toBe("exactly one of fromImage or fromTemplate must be given");
    expect(plan({ steps: [{ type: "RUN", args: ["a"] }, { args: [] }] })).toBe("step 2 has no type");
    expect(plan({ steps: [{ type: "RUN", args: ["a\0b"] }] })).toBe(
      "step 1: args must be a list of texts without NUL bytes",
    );
    expect(plan({ steps: [{ type: "COPY", args: ["a", "b"], filesHash: "../../etc" }] })).toBe(
      "step 1: Invalid files hash",
    );
    expect(plan({ steps: Array.from({ length: 501 }, () => ({ type: "RUN" })) })).toContain("at most 500");
    expect(plan({ fromImageRegistry: { type: "registry", password: "p" }, steps: [{ type: "run" }] })).toEqual({
      base: { kind: "image", name: "base", withCredentials: true },
      steps: [{ type: "RUN", args: [], filesHash: null, force: false }],
      startCmd: "",
      readyCmd: "",
      force: false,
    });
  });
});
