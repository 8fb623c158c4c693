// What the monitor says of creates and cost, from a journal written by hand; and the journal itself.
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { SandboxRecord } from "../../../src/contracts/sandbox.ts";
import { readPriceList } from "../../../src/costs/read-price-list.ts";
import { realClock } from "../../../src/host/clock.ts";
import { alertsOf, reportThresholds } from "../../../src/backend/monitor/alerts.ts";
import { createFigures, dayCost } from "../../../src/backend/monitor/figures.ts";
import { openJournal, type JournalLine } from "../../../src/backend/monitor/journal.ts";

const folder = mkdtempSync(join(tmpdir(), "swarm-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const day = Date.parse("2026-11-22T00:00:00.000Z");
const hour = 3_600_000;
const nowMs = day + 10 * hour;
const resources = { cpuCount: 1, memoryMb: 512 };
const created = (sandboxId: string, atMs: number, tookMs = 40, endMs = atMs + 2 * hour): JournalLine => ({
  kind: "created",
  sandboxId,
  resources,
  atMs,
  endMs,
  tookMs,
});
const failed = (code: string): JournalLine => ({ kind: "not-created", code, atMs: nowMs - 1, tookMs: 9 });

describe("creates of the last hour", () => {
  it("say nothing of nothing", () => {
    const none = { attempts: 0, failed: 0, successRate: null, timed: 0, p50Ms: null, p95Ms: null, mostMs: null };
    expect(createFigures([], nowMs)).toEqual(none);
    expect(createFigures([created("old", nowMs - hour - 1)], nowMs)).toEqual(none);
  });

  it("have a p95 from 20 samples on, by nearest rank", () => {
    const lines = Array.from({ length: 20 }, (_, i) => created(`s${i}`, nowMs - 1, i + 1));
    expect(createFigures(lines.slice(1), nowMs)).toMatchObject({ timed: 19, p95Ms: null, mostMs: 20 });
    expect(createFigures(lines, nowMs)).toMatchObject({ timed: 20, p50Ms: 10, p95Ms: 19, mostMs: 20 });
  });

  it("count what the target failed at, and not what people got wrong", () => {
    const lines = [
      created("a", nowMs - 1),
      ...["target.unreachable", "usage.invalid", "sandbox.template-unknown", "cancelled", "sandbox.create-failed"].map(
        failed,
      ),
    ];
    expect(createFigures(lines, nowMs)).toMatchObject({ attempts: 3, failed: 2, successRate: 1 / 3 });
  });
});

describe("the cost of the day", () => {
  const prices = readPriceList();
  const known = (sandboxId: string, createdMs: number): SandboxRecord => ({
    sandboxId,
    name: sandboxId,
    template: "base",
    status: "running",
    createdAt: new Date(createdMs).toISOString(),
    endAt: new Date(nowMs + hour).toISOString(),
    resources,
    url: "",
  });
  const perHourMicroUsd = 58_500;

  it("is that of what runs and of what has ended since midnight", () => {
    const lines: JournalLine[] = [
      created("ended", day + hour),
      { kind: "ended", sandboxId: "ended", atMs: day + 2 * hour },
      created("over-midnight", day - hour),
      { kind: "ended", sandboxId: "over-midnight", atMs: day + hour },
      created("running", nowMs - hour),
      created("yesterdays", day - 5 * hour),
      { kind: "ended", sandboxId: "yesterdays", atMs: day - 4 * hour },
    ];
    expect(
      dayCost(lines, [known("running", nowMs - hour), known("elsewhere", nowMs - hour)], { nowMs, prices }),
    ).toEqual({
      priceList: "e2b-list",
      sinceMs: day,
      sandboxSeconds: 4 * 3_600,
      totalMicroUsd: 4 * perHourMicroUsd,
      perHourMicroUsd: 2 * perHourMicroUsd,
      assumed: 0,
    });
  });

  it("counts a sandbox whose end nobody saw to the end of its life, and says so", () => {
    const gone = created("gone", nowMs - 5 * hour);
    const late = created("late", nowMs - hour, 40, nowMs + hour);
    expect(dayCost([gone, late], [], { nowMs, prices })).toMatchObject({ sandboxSeconds: 3 * 3_600, assumed: 2 });
  });
});

describe("alerts", () => {
  const cost = {
    provenance: "measured",
    priceList: "e2b-list",
    since: "",
    sandboxSeconds: 0,
    totalMicroUsd: 4_000_000,
    perHourMicroUsd: 0,
    budgetMicroUsd: 5_000_000,
    budgetShare: 0.8,
    assumed: 0,
  } as const;
  const creates = { attempts: 10, failed: 1, successRate: 0.9, timed: 20, p50Ms: 1, p95Ms: 5_000, mostMs: 9_000 };
  type Creates = Parameters<typeof alertsOf>[0]["creates"];
  const names = (given: Partial<Creates>, budgetShare: number | null) =>
    alertsOf({ cost: { ...cost, budgetShare }, creates: { ...creates, ...given } }, reportThresholds).map(
      ({ name, severity }) => `${name} ${severity}`,
    );

  it("fire at the report's thresholds and not before", () => {
    expect(names({}, 0.7999)).toEqual([]);
    expect(names({}, 0.8)).toEqual(["cost warning"]);
    expect(names({}, 1)).toEqual(["cost critical"]);
    expect(names({ p95Ms: 5_000.1 }, 0)).toEqual(["create-p95 warning"]);
    expect(names({ successRate: 0.8999 }, 0)).toEqual(["success critical"]);
  });

  it("are silent about what was not measured", () => {
    expect(names({ successRate: null, p95Ms: null }, null)).toEqual([]);
  });
});

describe("the journal", () => {
  it("is read by whoever looks on, and leaves out what is none of its lines", () => {
    let atMs = nowMs;
    const clock = { ...realClock, nowMs: () => atMs };
    const journal = openJournal(folder, clock);
    journal.write({ kind: "created", sandboxId: "a", resources, endMs: 5, tookMs: 3 });
    const home = join(folder, ".swarm", "lives");
    appendFileSync(join(home, "2026-11-22.ndjson"), '{"kind":"created"}\nnot json\n');
    writeFileSync(join(home, "2026-11-20.ndjson"), "{}\n");
    atMs += 24 * hour;
    openJournal(folder, clock).write({ kind: "ended", sandboxId: "a" });
    expect(openJournal(folder, clock).read()).toEqual([
      { kind: "created", sandboxId: "a", resources, endMs: 5, tookMs: 3, atMs: nowMs },
      { kind: "ended", sandboxId: "a", atMs },
    ]);
    // Days nobody asks about go when a new one begins.
    expect(readdirSync(home).sort()).toEqual(["2026-11-22.ndjson", "2026-11-23.ndjson"]);
  });

  it("that cannot be written stops nothing", () => {
    const blocked = join(folder, "file");
    writeFileSync(blocked, "");
    const journal = openJournal(blocked, realClock);
    journal.write({ kind: "ended", sandboxId: "a" });
    expect(journal.read()).toEqual([]);
  });
});
