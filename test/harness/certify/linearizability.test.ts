// The checker must be able to say no: each kind of violation is planted, beside a history that differs in one result and is
// fine.
import { array, assert, boolean, nat, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { checkHistory, type Operation } from "../../../harness/certify/linearizability.ts";
import { entryModel, taskModel, type EntryCall, type TaskCall } from "../../../harness/certify/record-model.ts";

function at<Call>(from: number, to: number | null, call: Call, key = "x"): Operation<Call> {
  return { key, call, invokedAt: BigInt(from), returnedAt: to === null ? null : BigInt(to) };
}
const entries = (...history: Operation<EntryCall>[]) => checkHistory(entryModel, history).verdict;
const tasks = (...history: Operation<TaskCall>[]) => checkHistory(taskModel, history).verdict;
const put = (value: string, version: number | null): EntryCall => ({
  op: "put",
  value,
  result: version === null ? null : { version },
});
const got = (version: number, value: string): EntryCall => ({ op: "get", result: { version, value } });
const nothing: EntryCall = { op: "get", result: null };
const cas = (version: number, value: string, won: boolean, now: number): EntryCall => ({
  op: "cas",
  version,
  value,
  result: { won, version: now },
});
const removed = (yes: boolean): EntryCall => ({ op: "delete", result: { removed: yes } });

describe("planted violations of an entry", () => {
  it("lost update: two compare-and-sets of one version both win", () => {
    const first = at(1, 2, put("a", 1));
    expect(entries(first, at(3, 6, cas(1, "b", true, 2)), at(4, 7, cas(1, "c", true, 2)))).toBe("violation");
    expect(entries(first, at(3, 6, cas(1, "b", true, 2)), at(4, 7, cas(1, "c", false, 2)))).toBe("linearizable");
  });

  it("lost update: an acknowledged put is not there afterwards", () => {
    expect(entries(at(1, 2, put("a", 1)), at(3, 4, nothing))).toBe("violation");
    expect(entries(at(1, 2, put("a", 1)), at(3, 4, removed(true)), at(5, 6, nothing))).toBe("linearizable");
  });

  it("stale read: an old value after a newer one was returned", () => {
    const writes = [at(1, 2, put("a", 1)), at(3, 4, put("b", 2))];
    expect(entries(...writes, at(5, 6, got(1, "a")))).toBe("violation");
    expect(entries(...writes, at(3, 6, got(1, "a")))).toBe("linearizable");
    expect(entries(at(1, 2, put("a", 1)), at(3, 9, put("b", 2)), at(4, 5, got(2, "b")), at(6, 7, got(1, "a")))).toBe(
      "violation",
    );
  });

  it("resurrected key: a value after its delete", () => {
    const gone = [at(1, 2, put("a", 1)), at(3, 4, removed(true))];
    expect(entries(...gone, at(5, 6, got(1, "a")))).toBe("violation");
    expect(entries(...gone, at(5, 6, put("a", 1)))).toBe("violation");
    expect(entries(...gone, at(5, 6, put("a", 2)), at(7, 8, got(2, "a")))).toBe("linearizable");
  });
});

describe("planted violations of a task", () => {
  const claim = (token: number | null): TaskCall => ({ op: "claim", token });
  const acknowledged = (token: number, result: string, done: boolean): TaskCall => ({
    op: "acknowledge",
    token,
    result,
    done,
  });

  it("double claim: two workers hold one task", () => {
    expect(tasks(at(1, 4, claim(1)), at(2, 5, claim(2)))).toBe("violation");
    expect(tasks(at(1, 4, claim(1)), at(2, 5, claim(1)))).toBe("violation");
    const back = at<TaskCall>(2, 5, { op: "release", token: 1, done: true });
    expect(tasks(at(1, 4, claim(1)), back, at(3, 6, claim(2)))).toBe("linearizable");
  });

  it("two results: a stale claim is acknowledged too", () => {
    const back = at<TaskCall>(3, 4, { op: "release", token: 1, done: true });
    const before = [at(1, 2, claim(1)), back, at(5, 6, claim(2)), at(7, 8, acknowledged(2, "two", true))];
    expect(tasks(...before, at(7, 9, acknowledged(1, "one", true)))).toBe("violation");
    expect(tasks(...before, at(7, 9, acknowledged(1, "one", false)))).toBe("linearizable");
  });
});

describe("operations whose answer was lost", () => {
  it("may have happened at any later time, or never", () => {
    const lost = at(1, null, put("a", null));
    expect(entries(lost, at(2, 3, nothing))).toBe("linearizable");
    expect(entries(lost, at(2, 3, nothing), at(4, 5, got(1, "a")))).toBe("linearizable");
    expect(entries(lost, at(2, 3, got(1, "a")), at(4, 5, nothing))).toBe("violation");
    expect(entries(at(3, null, put("a", null)), at(1, 2, got(1, "a")))).toBe("violation");
  });
});

describe("the search", () => {
  it("says unknown, never yes, when its budget is spent", () => {
    const writes = Array.from({ length: 12 }, (_, i) => at(i, null, put(`v${i}`, null)));
    const history = [...writes, at(50, 60, got(7, "not written"))];
    expect(checkHistory(entryModel, history, { maxVisited: 100 })).toEqual({
      verdict: "unknown",
      key: "x",
      visited: 100,
    });
  });

  it("names the key and where it got stuck", () => {
    const fine = at(1, 2, put("a", 1), "fine");
    const [first, bad] = [at(1, 2, put("a", 1), "bad"), at(3, 4, got(9, "z"), "bad")];
    expect(checkHistory(entryModel, [fine, first, bad])).toEqual({
      verdict: "violation",
      key: "bad",
      longest: [first],
      stuck: [bad],
    });
  });

  it("accepts every history that one register could have produced, and refuses it with one result altered", () => {
    const step = record({ kind: nat(3), early: nat(3), late: nat(3), stale: boolean() });
    assert(
      property(array(step, { minLength: 1, maxLength: 14 }), (steps) => {
        let [top, value] = [0, null as string | null];
        const history = steps.map(({ kind, early, late, stale }, i): Operation<EntryCall> => {
          const spread = (call: EntryCall) => at(i * 10 - early * 10, i * 10 + 1 + late * 10, call);
          const present = value === null ? 0 : top;
          if (kind === 0) return spread(value === null ? nothing : got(top, value));
          if (kind === 1) return spread(put((value = `v${i}`), ++top));
          if (kind === 2) {
            const was = value !== null;
            value = null;
            return spread(removed(was));
          }
          if (stale) return spread(cas(present + 7, "no", false, present));
          return spread(cas(present, (value = `c${i}`), true, ++top));
        });
        expect(entries(...history)).toBe("linearizable");
        const impossible = history.map((one) => (one.call.op === "get" ? { ...one, call: got(99, "never") } : one));
        if (history.some(({ call }) => call.op === "get")) expect(entries(...impossible)).toBe("violation");
      }),
    );
  });
});
