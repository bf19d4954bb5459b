import assert from "node:assert/strict";
import { spawn } from "node:child_process";

/** Answers that a line may get: something else was deleted and this with it, such as the group of a control plane. */
export const GONE = /\((?:\w+\.)?\w*NotFound\w*\)|\(NoSuchEntity\)/;

/** The block of commands at the end of what the audit prints. */
export function commandsIn(out: string): string[] {
  const lines = out.split("\n");
  const begin = lines.findIndex((line) => line.startsWith("Commands for bash"));
  assert.ok(begin >= 0, out);
  const end = lines.indexOf("", begin);
  return lines.slice(begin + 1, end).map((line) => line.trim());
}

/** Runs lines as if they were typed, and gives what is said on standard error, a line each. */
export async function pasted(lines: readonly string[]): Promise<string[]> {
  const bash = spawn("bash", ["-s"], { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  bash.stderr.on("data", (part: Buffer) => (said += part.toString()));
  bash.stdin.end(lines.map((line) => `${line}\n`).join(""));
  await new Promise((resolve) => bash.on("close", resolve));
  return said.split("\n").filter((line) => line !== "");
}
