"""The groups of fixtures/statistics-vectors.json that verify.py has a rule for, through its own functions."""
import json
import sys
from fractions import Fraction

sys.dont_write_bytecode = True
sys.path.insert(0, "deploy/verify")
import verify as v

groups = json.load(open("fixtures/statistics-vectors.json", encoding="utf-8"))["groups"]


def alpha(case):
    return Fraction(1_000_000 - case["confPpm"], 1_000_000)


def readings(case):
    return [(value, kind == "cens") for count, value, kind in case["samples"] for _ in range(count)]


def gate(case):
    found = v.gate_below(readings(case), case["qPpm"], alpha(case), case["limit"], sum(one[0] for one in case["samples"]))
    return {"verdict": found.verdict, "need": found.need, "value": found.value}


def rate(case):
    n = case["ok"] + case["failed"] + case["indeterminate"]
    found = v.gate_success(n, case["failed"], case["indeterminate"], case["ratePpm"], alpha(case))
    return {"verdict": found.verdict, "need": found.need}


def lines(case):
    digest = v.LineDigest()
    heads = []
    for line in case["lines"]:
        digest.add(line.encode())
        heads.append(digest.chain_head())
    return {"heads": heads, "root": digest.merkle_root()}


def ranks(case):
    n, q = case["n"], case["qPpm"]
    return {"lower": v.lower_rank(n, q, alpha(case)), "upper": v.upper_rank(n, q, alpha(case))}


def two_sided(case):
    n, q, half = case["n"], case["qPpm"], alpha(case) / 2
    return {"lower": v.lower_rank(n, q, half), "upper": v.upper_rank(n, q, half)}


rules = {
    "min_n_zero_exceedances": lambda c: {"n": v.size_needed(c["qPpm"], alpha(c), 0)},
    "required_n": lambda c: {"n": v.size_needed(c["qPpm"], alpha(c), c["exceedances"])},
    "min_n_two_sided": lambda c: {"n": v.size_needed(c["qPpm"], alpha(c) / 2, 0)},
    "ranks_one_sided": ranks,
    "ranks_two_sided": two_sided,
    "max_exceedances": lambda c: {"k": v.largest_within(c["n"], 1_000_000 - c["qPpm"], alpha(c))},
    "success_rate": lambda c: {"lowerPpm": v.lower_ppm(c["successes"], c["trials"], alpha(c))},
    "quantile_display": lambda c: {"nearestRank": v.ceil_div(c["last"] * c["qPpm"], 1_000_000)},
    "gate": gate,
    "rate_gate": rate,
    "jcs": lambda c: {"canonical": v.canonical(v.in_order(c["value"])), "sha256": v.sha256(v.canonical(v.in_order(c["value"])).encode()).hexdigest()},
    "hash_chain": lines,
    "merkle": lines,
}
wrong, count = [], 0
for name, rule in rules.items():
    for case in groups[name]["cases"]:
        # No samples are NOT_RUN before any gate is asked.
        if case["in"].get("samples") == [] or "throws" in case["out"] or case["out"].get("verdict") == "NOT_RUN":
            continue
        found = rule(case["in"])
        for field, value in found.items():
            if field in case["out"] and case["out"][field] != value:
                wrong.append((name, case["in"], field, case["out"][field], value))
        count += 1

for case in groups["ed25519"]["cases"]:
    key, signature = bytes.fromhex(case["out"]["publicKey"]), bytes.fromhex(case["out"]["signature"])
    message = bytes.fromhex(case["in"]["messageHex"])
    later = (int.from_bytes(signature[32:], "little") + v.ORDER).to_bytes(32, "little")
    checks = [
        v.ed25519_verify(key, message, signature),
        not v.ed25519_verify(key, message + b"x", signature),
        not v.ed25519_verify(key, message, signature[:32] + later),
        not v.is_weak_key(key),
        v.is_weak_key(b"\x01" + bytes(31)),
        v.is_weak_key(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
    ]
    if not all(checks):
        wrong.append(("ed25519", checks))

for one in wrong:
    print(one, file=sys.stderr)
print(f"{count} cases of {len(rules)} groups")
sys.exit(1 if wrong else 0)
