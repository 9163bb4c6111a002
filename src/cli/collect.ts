/** An option that may be given several times. */
export function collect(value: string, known: string[] = []): string[] {
  return [...known, value];
}
