/**
 * Java's `.properties` format. A backslash begins an escape there, in keys and in values, so a
 * pattern such as `.*\.replica` written as it is would lose it without a word.
 */
export function propertiesText(config: Record<string, string>): string {
  const lines = Object.entries(config).map(
    ([key, value]) => `${escapeKey(key)}=${escapeValue(value)}\n`,
  );
  return lines.join("");
}

function escapeKey(key: string): string {
  return escapeText(key).replace(/[ :=#!]/g, "\\$&");
}

function escapeValue(value: string): string {
  return escapeText(value).replace(/^ /, "\\$&");
}

function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Reads such a text: comments with # or !, a key and a value parted by `=`, `:` or blanks, a
 * backslash at the end of a line going on with the next. The last of two equal keys counts.
 */
export function parseProperties(text: string): Record<string, string> {
  const joined = text.replace(/\r\n?/g, "\n").replace(/((?:^|[^\\])(?:\\\\)*)\\\n[ \t\f]*/g, "$1");
  const config: Record<string, string> = {};
  for (const line of joined.split("\n")) {
    const [, key, value] =
      /^[ \t\f]*((?:\\.|[^\\=: \t\f])+)[ \t\f]*[=:]?[ \t\f]*(.*)$/.exec(line) ?? [];
    if (key === undefined || /^[ \t\f]*[#!]/.test(line)) continue;
    config[unescaped(key)] = unescaped(value ?? "");
  }
  return config;
}

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", f: "\f" };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex?: string, plain = "") =>
    hex === undefined ? (ESCAPES[plain] ?? plain) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
