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
  return escapeValue(key).replace(/[ :=#!]/g, "\\$&");
}

function escapeValue(value: string): string {
  return value
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replace(/^[ \t\f]/, "\\$&")
    .replace(/[^\t -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
