/** Strings of a run, made safe for formats that cannot carry every character. */

/**
 * Drops terminal colours and the characters XML 1.0 does not allow. A broker's log line may hold
 * any of them, and one is enough to make a whole file unreadable.
 */
export function stripControls(text: string): string {
  let kept = "";
  for (const char of withoutEscapes(text.toWellFormed())) {
    const code = char.codePointAt(0) ?? 0;
    const allowed = code === 9 || code === 10 || (code >= 32 && code !== 127);
    const c1 = code >= 0x80 && code < 0xa0;
    if (allowed && !c1 && code !== 0xfffe && code !== 0xffff) kept += char;
  }
  return kept;
}

/** `ESC [ … letter` as a whole: without this, the brackets of a colour code would stay. */
function withoutEscapes(text: string): string {
  const esc = String.fromCharCode(27);
  return text
    .split(esc)
    .map((part, index) => (index === 0 ? part : part.replace(/^\[[0-9;?]*[A-Za-z]/, "")))
    .join("");
}

export function oneLine(text: string): string {
  return stripControls(text).replace(/\s+/g, " ").trim();
}
