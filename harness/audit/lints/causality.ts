// No event before its actor: what an agent did cannot be stamped earlier than the moment it was started, and nothing ends
// before it began. Moments are read in tables, lists, prose and quoted payloads.
import type { ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding, Stamp } from "../model.ts";
import { compare } from "../numbers/ratio.ts";
import { subject } from "../words.ts";
import { aboutPhrase } from "./lint.ts";
import { momentsOf, operandOf } from "./recompute-durations.ts";

const birth =
  /\b(?:spawn(?:ed|s)?|created?|creation|started|launched|initiali[sz]ed|registered|booted|deployed|joined|provisioned)\b/i;
const notActor = new Set(
  (
    "spawn spawned create created creation start started launch launched initialize initialized initialise initialised register registered boot booted deploy " +
    "deployed join joined provision provisioned time timestamp utc event first final decision vote result data memory write wrote read stored signal status " +
    "complete completed swarm system report test run at type value sent message received payload key namespace action ready finished ended end agent sandbox"
  ).split(" "),
);

interface Event {
  readonly stamp: Stamp;
  readonly actors: readonly string[];
  readonly born: boolean;
}

export function causalityFindings(report: ReadReport): readonly Finding[] {
  const events = readEvents(report);
  return [...beforeBirth(report, events), ...endBeforeStart(report)];
}

function readEvents(report: ReadReport): readonly Event[] {
  const payload = payloadActors(report);
  return momentsOf(report)
    .slice(0, mostStatements)
    .map(({ stamp }) => {
      const names = [...actorsIn(stamp.label), ...(stamp.sentence === null ? (payload.get(stamp.line) ?? []) : [])];
      return { stamp, actors: [...new Set(names)], born: birth.test(stamp.label) };
    });
}

/** Names that could act: words with a digit (`agent-3`), and the nouns of a line. */
function actorsIn(label: string): readonly string[] {
  return subject(label).filter((word) => !notActor.has(word) && word.length > 2);
}

/** The `agent`, `author` or `from` of the object that a quoted time stands in, by line. */
function payloadActors(report: ReadReport): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  for (const code of report.codes) {
    const text = code.lines.join("\n").slice(0, 200_000);
    if (!text.includes('"')) continue;
    let from = 0;
    for (const object of text.split(/(?<=\})/)) {
      const first = code.line + text.slice(0, from).split("\n").length - 1;
      const actor = /"(?:agent|agentId|agent_id|author|from|source|actor|role|name|id)"\s*:\s*"([^"\n]{1,60})"/.exec(
        object,
      )?.[1];
      const lines = object.split("\n").length;
      if (actor !== undefined) for (let line = first; line < first + lines; line += 1) found.set(line, actorsIn(actor));
      from += object.length;
    }
  }
  return found;
}

function beforeBirth(report: ReadReport, events: readonly Event[]): readonly Finding[] {
  const births = new Map<string, Event>();
  for (const event of events) {
    if (!event.born) continue;
    for (const actor of event.actors)
      if (!births.has(actor) || isEarlier(event.stamp, births.get(actor)?.stamp)) births.set(actor, event);
  }
  const shared = commonWords(events);
  return events.flatMap((event) => {
    if (event.born) return [];
    const actor = event.actors.find((name) => {
      const began = births.get(name)?.stamp;
      return (
        began !== undefined && !shared.has(name) && began.kind === event.stamp.kind && isEarlier(event.stamp, began)
      );
    });
    const began = actor === undefined ? undefined : births.get(actor)?.stamp;
    if (actor === undefined || began === undefined) return [];
    const sentence = event.stamp.sentence === null ? null : report.sentences[event.stamp.sentence];
    return [
      aboutPhrase({ line: event.stamp.line, text: sentence?.text ?? event.stamp.label }, event.stamp.text, {
        outcome: "contradicted",
        because: `${actor} acts here and was started only at ${began.text}`,
        operands: [operandOf(began)],
      }),
    ];
  });
}

/** Words that stand with most births name no single actor. */
function commonWords(events: readonly Event[]): ReadonlySet<string> {
  const births = events.filter((event) => event.born);
  const counts = new Map<string, number>();
  for (const event of births) for (const actor of event.actors) counts.set(actor, (counts.get(actor) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > 1).map(([name]) => name));
}

function isEarlier(a: Stamp, b: Stamp | undefined): boolean {
  if (b === undefined) return true;
  const gap = { n: b.seconds.n * a.seconds.d - a.seconds.n * b.seconds.d, d: a.seconds.d * b.seconds.d };
  return compare(gap, compare(a.digit, b.digit) < 0 ? b.digit : a.digit) >= 0 && gap.n > 0n;
}

const beginning = /^\W*(?:started|start|began|begin|start time|created)(?: at| time)?\b/i;
const ending = /^\W*(?:finished|ended|end|completed|end time|stopped)(?: at| time)?\b/i;

/** `Finished` before `Started`, once each in one section. */
function endBeforeStart(report: ReadReport): readonly Finding[] {
  const bySection = new Map<number, Stamp[]>();
  for (const stamp of report.stamps)
    if (stamp.kind !== "date")
      bySection.set(stamp.section, [...(bySection.get(stamp.section) ?? []).slice(-50), stamp]);
  return [...bySection.values()].flatMap((stamps) => {
    const starts = stamps.filter((stamp) => beginning.test(stamp.label));
    const ends = stamps.filter((stamp) => ending.test(stamp.label));
    const [start] = starts;
    const [end] = ends;
    if (
      start === undefined ||
      end === undefined ||
      starts.length !== 1 ||
      ends.length !== 1 ||
      start.kind !== end.kind ||
      !isEarlier(end, start)
    )
      return [];
    return [
      aboutPhrase({ line: end.line, text: end.label }, end.text, {
        outcome: "contradicted",
        because: `it ends before it starts at ${start.text}`,
        operands: [operandOf(start)],
      }),
    ];
  });
}
