/**
 * `${name}` in values. Defaults stand under `vars:`, `--var name=value` sets one; `$${` is a plain
 * `${`. A value that is nothing but a variable, unquoted, takes the variable's own type.
 *
 * YAML forbids `{` in an unquoted value inside `[…]` and `{…}`, so before parsing every `${name}` is
 * masked by as many characters that YAML allows everywhere. Lines and columns stay what they are.
 */

// Private-use characters: valid in YAML, and not found in files that people write.
const OPEN = "\uF4A0\uF4A1";
const CLOSE = "\uF4A2";
const LITERAL = "\uF4A3\uF4A3\uF4A3";

const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_-]*)\}/g;
const MASKED = new RegExp(`${OPEN}([A-Za-z_][A-Za-z0-9_-]*)${CLOSE}`, "g");
const WHOLE = new RegExp(`^${OPEN}([A-Za-z_][A-Za-z0-9_-]*)${CLOSE}$`);

export type Scalar = string | number | boolean;

export function maskVariables(text: string): string {
  return text.replace(REFERENCE, (_, name: string | undefined) =>
    name === undefined ? LITERAL : `${OPEN}${name}${CLOSE}`,
  );
}

/** The file's own spelling again, for keys and messages. */
export function unmaskVariables(text: string): string {
  return text.replace(MASKED, (_, name: string) => `\${${name}}`).replaceAll(LITERAL, () => "$${");
}

/** Names referred to in a masked text, with where each begins. */
export function referencesIn(masked: string): { name: string; at: number }[] {
  return [...masked.matchAll(MASKED)].map((match) => ({
    name: match[1] as string,
    at: match.index,
  }));
}

/**
 * The value of a masked text. `typed`: the text is unquoted, so a variable that is all of it keeps
 * its type. Unknown names stay as they are; the caller reports them.
 */
export function substitute(
  masked: string,
  values: ReadonlyMap<string, Scalar>,
  typed: boolean,
): Scalar {
  const whole = WHOLE.exec(masked)?.[1];
  const value = whole === undefined ? undefined : values.get(whole);
  if (value !== undefined) return typed ? value : String(value);
  return masked
    .replace(MASKED, (_, name: string) => String(values.get(name) ?? `\${${name}}`))
    .replaceAll(LITERAL, () => "${");
}

/** What YAML would make of an unquoted `--var` value: a number, true or false, else a text. */
export function scalarOf(text: string): Scalar {
  if (text === "true" || text === "false") return text === "true";
  return /^[-+]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : text;
}
