// A client that trades against the paper broker is killed, most often between the broker's acceptance and its answer, and
// started again; answers are lost, late, garbled or errors. Afterwards orders, record and books are held against the broker.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openAlpaca } from "../../src/broker/alpaca/open-alpaca.ts";
import { readOrders, type Desk, type OrderRecord } from "../../src/broker/desk/order-record.ts";
import { startDesk, type DeskReport } from "../../src/broker/desk/start-desk.ts";
import { servePaper, type PaperFault, type PaperServer } from "../../src/broker/paper/serve-paper.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import type { Clock } from "../../src/host/clock.ts";
import { seededRandom, systemRandom, type Random } from "../../src/host/random.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { openAccount } from "../../src/portfolio/account/account.ts";
import { account, capitalMicroUsd, orderAt, paperKeys, quotes } from "./plan.ts";

/** Mistakes of a client that the judge must find. */
export const plants = ["resend", "hold", "crash"] as const;

export interface OrderTorture {
  readonly orders: number;
  readonly seed: number;
  readonly kills: number;
  readonly clock: Clock;
  readonly plant: (typeof plants)[number] | null;
}

export interface OrderReport {
  readonly desk: DeskReport;
  readonly posts: number;
  readonly accepted: number;
  readonly kills: number;
  readonly faults: number;
  /** Sentences; empty when nothing was doubled, lost or misremembered. */
  readonly problems: readonly string[];
}

/** Share of orders whose answer meets a fault while the client lives on. */
const faultShare = 0.15;
const pollMs = 2;
const maxLives = 2_000;
/** A client that keeps ending by itself never gets further. */
const mostCrashes = 3;

const faultKinds: readonly Omit<PaperFault, "on">[] = [
  { shows: "disconnect", effect: true },
  { shows: "disconnect", effect: false },
  { shows: "garbled", effect: true },
  { shows: { status: 500, message: "internal server error" }, effect: true },
  { shows: { status: 503, message: "service unavailable" }, effect: false },
  { shows: { status: 429, message: "too many requests" }, effect: false },
  { shows: "hang", effect: true },
];

export async function tortureOrders(options: OrderTorture): Promise<OrderReport> {
  const { clock, kills } = options;
  const random = seededRandom(options.seed ^ 0x0dde5);
  const folder = mkdtempSync(join(tmpdir(), "swarm-orders-"));
  const path = join(folder, "record.db");
  const paper = await servePaper({ ...paperKeys, cashMicroUsd: capitalMicroUsd, quotes });
  try {
    const store = await openSqliteStore({ path, clock });
    await openAccount({ store, clock, account }, capitalMicroUsd, "torture");
    await store.close();
    let [killed, faults, lives, isDone] = [0, 0, 0, false];
    const crashes: string[] = [];
    while (!isDone && lives < maxLives && crashes.length < mostCrashes) {
      lives += 1;
      const life = await live(options, { paper, path, random, mayKill: killed < kills });
      [killed, faults, isDone] = [killed + (life.killed ? 1 : 0), faults + life.faults, life.isDone];
      if (!life.killed && !life.isDone) crashes.push(`life ${lives} ended by itself with ${life.end}`);
    }
    const again = await openSqliteStore({ path, clock });
    try {
      const env = { ALPACA_API_KEY: paperKeys.keyId, ALPACA_API_SECRET: paperKeys.secret };
      const broker = openAlpaca({ env, baseUrl: paper.url });
      const desk: Desk = {
        store: again,
        clock,
        random: systemRandom,
        broker,
        account,
        writer: "judge",
        lookUpsMs: [1],
      };
      const report = await startDesk(desk);
      const problems = [...crashes, ...(await judge(desk, report, { paper, isDone, options }))];
      const posts = [...paper.posts.values()].reduce((sum, count) => sum + count, 0);
      return { desk: report, posts, accepted: paper.market.orders.length, kills: killed, faults, problems };
    } finally {
      await again.close();
    }
  } finally {
    await paper.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scene {
  readonly paper: PaperServer;
  readonly path: string;
  readonly random: Random;
  readonly mayKill: boolean;
}
interface Life {
  readonly killed: boolean;
  readonly faults: number;
  readonly isDone: boolean;
  /** Exit code or signal. */
  readonly end: string;
}

/** Until the client has placed everything or was killed at the moment this life is for. */
async function live({ orders, seed, clock, plant }: OrderTorture, scene: Scene): Promise<Life> {
  const { paper, path, random, mayKill } = scene;
  const program = packageFolder("dist/bench/broker/client.js");
  const args = [program, paper.url, path, String(orders), String(seed), ...(plant === null ? [] : [plant])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const began = paper.posts.size;
  const after = Math.floor(random.next() * 12);
  // Two of three die between the broker's acceptance and its answer, one before the broker saw anything of it.
  const effect = random.next() < 0.67;
  let [faults, isPlanned] = [0, false];
  const step = clock.every(10, () => paper.market.step());
  const watch = clock.every(pollMs, () => {
    if (!mayKill || child.killed) return;
    if (!isPlanned && paper.posts.size >= began + after) {
      paper.plan({ on: "create", shows: "hang", effect });
      isPlanned = true;
    }
    if (isPlanned && paper.posts.size >= began + after + 1) child.kill("SIGKILL");
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!/^\d+ (accepted|unknown)$/.test(line) || random.next() >= faultShare) continue;
      const kind = faultKinds[Math.floor(random.next() * faultKinds.length)];
      if (kind === undefined || (mayKill && isPlanned)) continue;
      paper.plan({ on: "create", ...kind });
      faults += 1;
    }
    const [code, signal] = await closed;
    // A signal of another's would be a crash like any other.
    const killed = child.killed && signal === "SIGKILL";
    return { killed, faults, isDone: code === 0, end: String(code ?? signal) };
  } finally {
    child.kill("SIGKILL");
    watch();
    step();
    for (let part = 0; part < 3; part += 1) paper.market.step();
  }
}

interface Seen {
  readonly paper: PaperServer;
  readonly isDone: boolean;
  readonly options: OrderTorture;
}

async function judge(desk: Desk, report: DeskReport, { paper, isDone, options }: Seen): Promise<readonly string[]> {
  const problems: string[] = isDone ? [] : ["the client never came to its end"];
  for (const [id, count] of paper.posts) if (count > 1) problems.push(`${id} was posted ${count} times`);
  const records = new Map((await readOrders(desk)).map((record) => [record.order.clientOrderId, record]));
  for (const { clientOrderId } of paper.market.orders) {
    const state = records.get(clientOrderId)?.progress.state ?? "not recorded";
    if (state !== "accepted") problems.push(`the broker accepted ${clientOrderId}, the record says ${state}`);
  }
  for (const [id, { progress }] of records) {
    if (progress.state === "accepted" && paper.market.find(id) === null)
      problems.push(`${id} is accepted and the broker lacks it`);
    if (progress.state === "sending") problems.push(`${id} is left in sending`);
  }
  problems.push(...unsent(records, options));
  if (report.isStopped)
    problems.push(
      `trading is stopped: books and broker differ in ${report.books.found + report.differences.length} places`,
    );
  return problems;
}

/** Every order of the plan must have been asked for, and may have been held back only for a symbol that is frozen. */
function unsent(records: ReadonlyMap<string, OrderRecord>, { orders, seed }: OrderTorture): readonly string[] {
  const frozen = new Set(
    [...records.values()].flatMap(({ order, progress }) => (progress.state === "unknown" ? [order.symbol] : [])),
  );
  const problems: string[] = [];
  for (let index = 0; index < orders; index += 1) {
    const { clientOrderId: id, symbol } = orderAt(seed, index);
    const record = records.get(id);
    if (record === undefined) problems.push(`${id} of the plan is not in the record`);
    else if (record.progress.state === "intended" && !frozen.has(symbol))
      problems.push(`${id} was never sent, and nothing holds ${symbol}`);
  }
  return problems;
}
