// Where looks go: a terminal that is painted over without flicker, a plain one that is written on, or lines of JSON. Each look is
// one write; a terminal is given back as it was, however the process ends.
import type { MonitorOutput } from "../../../contracts/operations/monitor.ts";
import type { SwarmError } from "../../../contracts/swarm-error.ts";
import type { Env } from "../../../host/env.ts";
import { redact } from "../../../host/log.ts";
import { paint } from "../paint.ts";
import { wireForm } from "../wire-form.ts";
import type { Page } from "../world.ts";
import { emptyTrail, frameOf, lengthened, type Line, type Trail } from "./frame.ts";

export interface View {
  look(look: MonitorOutput, iteration: number): void;
  failed(fault: SwarmError, iteration: number, ts: string): void;
  /** `ended`: why there is no further look. */
  close(ended: "once" | "duration" | "interrupted", ts: string): void;
}

export interface ViewOptions {
  readonly page: Page;
  readonly env: Env;
  readonly json: boolean;
  /** One look only: nothing is painted over, and nothing follows it. */
  readonly once: boolean;
  readonly everyMs: number;
}

export function openView(options: ViewOptions): View {
  const { page, env, json, once } = options;
  if (json || !page.isTTY) return jsonLines(page);
  const isPlain = once || env.TERM === "dumb" || (env.CI ?? "") !== "";
  return isPlain ? plainView(options) : paintedView(options);
}

const schema = "e2b-swarm/monitor/1";

function jsonLines(page: Page): View {
  let seq = 0;
  const say = (type: string, ts: string, rest: object): void => {
    seq += 1;
    page.write(`${JSON.stringify({ schema, type, seq, ts, ...rest })}\n`);
  };
  return {
    look(look, iteration) {
      const data = wireForm("monitor.output", look);
      say("tick", look.timestamp, { iteration, ok: true, ...(typeof data === "object" ? data : {}) });
    },
    failed({ code, message, hint, row }, iteration, ts) {
      const error = { code, message: redact(message), hint: hint === undefined ? null : redact(hint) };
      say("tick", ts, { iteration, ok: false, error: { ...error, retryable: row.retry !== "never" } });
    },
    close(ended, ts) {
      if (ended !== "once") say("end", ts, { verdict: ended });
    },
  };
}

interface Style {
  readonly unicode: boolean;
  readonly show: (line: Line) => string;
}

function styleOf({ page, env }: ViewOptions): Style {
  const colour = paint(page, env, true);
  return {
    unicode: /utf-?8/i.test(env.LC_ALL ?? env.LC_CTYPE ?? env.LANG ?? ""),
    show: ({ text, loud }) => (loud ? colour.red(text) : text),
  };
}

function lineOf(fault: SwarmError, ts: string): Line {
  return { text: `${ts}  ${redact(fault.message)}`, loud: true };
}

/** Look after look below each other. */
function plainView(options: ViewOptions): View {
  const { unicode, show } = styleOf(options);
  let trail: Trail = emptyTrail;
  let isFirst = true;
  const write = (lines: readonly Line[]): void => {
    options.page.write(`${isFirst ? "" : "\n"}${lines.map(show).join("\n")}\n`);
    isFirst = false;
  };
  return {
    look(look) {
      trail = lengthened(trail, look);
      write(frameOf(look, trail, unicode));
    },
    failed: (fault, _iteration, ts) => write([lineOf(fault, ts)]),
    close: () => undefined,
  };
}

const enter = "\u001b[?1049h\u001b[?25l";
const leave = "\u001b[?25h\u001b[?1049l";
const home = "\u001b[H";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";

/** The alternate screen, painted over from the top: no line is blank in between. */
function paintedView(options: ViewOptions): View {
  const { page, everyMs } = options;
  const { unicode, show } = styleOf(options);
  let trail: Trail = emptyTrail;
  let last: readonly Line[] = [];
  page.write(enter);
  const stay = page.atExit?.(leave) ?? (() => undefined);
  const paintOver = (lines: readonly Line[]): void => {
    const { columns, rows } = page.size?.() ?? { columns: 80, rows: 24 };
    const footer = { text: `every ${everyMs / 1_000} s, Ctrl-C ends`, loud: false };
    const text = [...fitted(lines, rows - 1), footer].map((line) => show(clipped(line, columns)) + clearLine);
    page.write(home + text.join("\r\n") + clearBelow);
  };
  return {
    look(look) {
      trail = lengthened(trail, look);
      last = frameOf(look, trail, unicode);
      paintOver(last);
    },
    failed: (fault, _iteration, ts) => paintOver([lineOf(fault, ts), ...last]),
    close() {
      stay();
      // What was seen last stays readable.
      page.write(leave + last.map((line) => `${show(line)}\n`).join(""));
    },
  };
}

function fitted(lines: readonly Line[], rows: number): readonly Line[] {
  const room = Math.max(1, rows);
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), { text: `and ${lines.length - room + 1} more lines`, loud: false }];
}

function clipped(line: Line, columns: number): Line {
  return line.text.length <= columns ? line : { ...line, text: Array.from(line.text).slice(0, columns).join("") };
}
