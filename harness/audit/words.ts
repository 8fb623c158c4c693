// Words of a sentence for comparison: lower case, plural taken off, without those that carry no subject.
const stop = new Set(
  (
    "a an the of in on at to for from by with and or as is are was were be been being it its this that these those there " +
    "than then we our us you your their they all each every any per about around approximately roughly nearly almost only " +
    "just very so such not no do does did has have had will would can could may might must shall should which who while " +
    "when where into over under within up out if but also both via after before during between against still now"
  ).split(" "),
);
/** Verbs that join a subject to its figure. */
const joining = new Set(
  (
    "take took taken takes last lasted lasts need needed require required reach reached show showed shown report reported " +
    "measure measured complete completed completes finish finished run ran runs amount amounted equal equals stand stood " +
    "come came yield give gave given make made get got use used using observed achieved confirmed"
  ).split(" "),
);

export function stem(word: string): string {
  const low = word.toLowerCase();
  if (low.length > 4 && low.endsWith("ies")) return `${low.slice(0, -3)}y`;
  if (low.length > 4 && /(?:ss|sh|ch|x|z)es$/.test(low)) return low.slice(0, -2);
  return low.length > 3 && low.endsWith("s") && !low.endsWith("ss") && !low.endsWith("us") ? low.slice(0, -1) : low;
}

/** Stems in order. Words with digits count: `p95` and `agent-3` name things. */
export function stems(text: string): readonly string[] {
  return (text.slice(0, 2000).match(/[\p{L}][\p{L}\p{N}_]*(?:-[\p{L}\p{N}_]+)*/gu) ?? []).map(stem);
}

/** Stems that can name a subject. */
export function subject(text: string): readonly string[] {
  return stems(text).filter((word) => word.length > 1 && !stop.has(word) && !joining.has(word));
}

export function shared(a: readonly string[], b: readonly string[]): readonly string[] {
  return a.filter((word) => b.includes(word));
}

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );

/** The value of a number word up to twenty; null for other words. */
export function wordNumber(word: string): number | null {
  const at = small.indexOf(word.toLowerCase());
  return at === -1 ? null : at;
}
