import { type Fault } from "../contract";
import { escaped, printable, shellWord } from "../foreign-text";

/** Most faults that one message lists, and commands below a fault: when the first are mended, the rest often are. */
const MOST_FAULTS = 20;
/** Most characters of a fault. Foreign text in it has been cut before; this bounds a list of such texts. */
const LONGEST = 1000;

/** The faults as printed text, each with the commands that correct it on the next lines. */
export function faultsMessage(title: string, stack: string, faults: readonly Fault[]): string {
  return faultsList(
    title,
    faults.map(({ problem }) => problem),
    (index) => commandLines(stack, faults[index]?.fix),
  );
}

/**
 * Faults below a title, the first of them.
 *
 * @param after lines below a fault. @default none
 */
export function faultsList(
  title: string,
  problems: readonly string[],
  after: (index: number) => readonly string[] = () => [],
): string {
  const entries = problems
    .slice(0, MOST_FAULTS)
    .flatMap((problem, index) => [
      `  - ${printable(problem, LONGEST)}`,
      ...after(index).map((line) => `      ${line}`),
    ]);
  const more = problems.length - MOST_FAULTS;
  return [`${title}:`, ...entries, ...(more > 0 ? [`  - and ${more} more`] : [])].join("\n");
}

/** A warning as printed text, with the commands that end it on the next lines. */
export function warningMessage(stack: string, { problem, fix }: Fault): string {
  return [
    printable(problem, LONGEST),
    ...commandLines(stack, fix).map((line) => `    ${line}`),
  ].join("\n");
}

function commandLines(stack: string, fix: string | undefined): string[] {
  // A command with signs that a terminal obeys, or does not show, is not what it seems to be.
  const isPlain = fix !== undefined && fix.split("\n").every((line) => escaped(line) === line);
  const lines = isPlain ? withStackFlag(stack, fix).split("\n") : [];
  const more = lines.length - MOST_FAULTS;
  return more > 0 ? [...lines.slice(0, MOST_FAULTS), `# and ${more} more`] : lines;
}

/** Words of a shell line up to a `;`, a comment or its end; quotes may hold anything. */
const ARGUMENTS = String.raw`(?: +(?!#)(?:'[^']*'|"[^"]*"|\\.|[^\s;'"\\])+)+`;

/** Adds `--stack` to each command of a fix, since another stack may be selected. */
export function withStackFlag(stack: string, fix: string): string {
  const command = new RegExp(`(?<=^|; |: )pulumi config (?:set|rm)${ARGUMENTS}`, "gm");
  return fix.replace(command, (found) => `${found} --stack ${shellWord(stack)}`);
}
