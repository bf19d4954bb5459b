import { type Fault } from "../contract";

/** Faults as a person reads them: each with the command that mends it below. */
export function faultsMessage(title: string, stack: string, faults: readonly Fault[]): string {
  const entries = faults.map(({ problem, fix }) => {
    const lines = withStackFlag(stack, fix).split("\n");
    return [`  - ${escapeControlChars(problem)}`, ...lines.map((line) => `      ${line}`)];
  });
  return [`${title}:`, ...entries.flat()].join("\n");
}

/** A fix whose commands name the stack: the selected one may be another. */
export function withStackFlag(stack: string, fix: string): string {
  return fix.replace(/pulumi config (set|rm) [^;#\n]*[^;#\s]/g, `$& --stack ${stack}`);
}

/** Text of a stack file on one line, without what a terminal would obey: control characters are spelt out. */
export function escapeControlChars(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => {
    const spelt = JSON.stringify(sign).slice(1, -1);
    return spelt === sign ? `\\u{${sign.codePointAt(0)?.toString(16) ?? ""}}` : spelt;
  });
}
