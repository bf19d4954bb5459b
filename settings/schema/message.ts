import { type Fault } from "../contract";

/** The faults as printed text, each with the command that corrects it on the next line. */
export function faultsMessage(title: string, stack: string, faults: readonly Fault[]): string {
  const entries = faults.map(({ problem, fix }) => {
    const lines = withStackFlag(stack, fix).split("\n");
    return [`  - ${escapeControlChars(problem)}`, ...lines.map((line) => `      ${line}`)];
  });
  return [`${title}:`, ...entries.flat()].join("\n");
}

/** Adds `--stack` to each command of a fix, since another stack may be selected. */
export function withStackFlag(stack: string, fix: string): string {
  return fix.replace(/pulumi config (set|rm) [^;#\n]*[^;#\s]/g, `$& --stack ${stack}`);
}

/** Escapes control characters, so that text of a stack file stays on its line and cannot affect the terminal. */
export function escapeControlChars(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => {
    const spelt = JSON.stringify(sign).slice(1, -1);
    return spelt === sign ? `\\u{${sign.codePointAt(0)?.toString(16) ?? ""}}` : spelt;
  });
}
