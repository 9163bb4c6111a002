/** "Did you mean": the known name nearest to one that is not known. */

/**
 * Damerau-Levenshtein distance in its restricted form: insert, delete, replace a letter, or swap
 * two neighbours, each costs one.
 */
export function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + change,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] as number) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
}

/** The nearest known name when it is near enough to be meant, letters' case aside. */
export function nearest(unknown: string, known: readonly string[]): string | undefined {
  // Comparing costs the product of the lengths; nobody mistypes a name that long.
  if (unknown.length > 60) return undefined;
  // Of one or two letters, half would be changed: that is no typo.
  const limit = Math.floor(unknown.length / 3);
  let best: { name: string; cost: number } | undefined;
  for (const name of known) {
    const cost = distance(unknown.toLowerCase(), name.toLowerCase());
    if (cost <= limit && (best === undefined || cost < best.cost)) best = { name, cost };
  }
  return best?.name;
}

/** `; did you mean "east"?`, or which there are: the end of a sentence about an unknown name. */
export function suggestion(unknown: string, known: readonly string[], plural: string): string {
  const near = nearest(unknown, known);
  if (near !== undefined) return `; did you mean "${near}"?`;
  if (known.length === 0) return `; there are no ${plural}`;
  return `; the ${plural} are ${[...new Set(known)].join(", ")}`;
}
