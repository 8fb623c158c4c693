// A torture that hurt nobody shows nothing. `rows` as of openFaultBook().rows(); `wanted`: observed faults of each kind that were
// asked for, null when faults came at random.
export function judgeFaults(rows, kinds, wanted) {
  const findings = [];
  const attempted = rows.reduce((sum, row) => sum + row.attempted, 0);
  if (attempted === 0) findings.push("no fault was delivered: nothing was shown");
  for (const { kind, attempted: hit, observed, healed } of rows) {
    if (observed < hit) findings.push(`${hit - observed} faults of kind ${kind} were delivered and nobody noticed`);
    if (healed < observed) findings.push(`${observed - healed} faults of kind ${kind} were observed and did not heal`);
  }
  if (wanted === null) return findings;
  for (const kind of kinds) {
    const observed = rows.find((row) => row.kind === kind)?.observed ?? 0;
    if (observed < wanted)
      findings.push(`${observed} of ${wanted} faults of kind ${kind} were observed: it ended too early`);
  }
  return findings;
}
