import assert from "node:assert/strict";
import { spawn } from "node:child_process";

/** Refusals that a line may get, since AWS deleted its resource with another, such as the group of a control plane. */
export const GONE = /\((?:\w+\.)?\w*NotFound\w*\)|\(NoSuchEntity\)/;

/** The commands at the end of the audit's output. */
export function commandsIn(out: string): string[] {
  const lines = out.split("\n");
  const begin = lines.findIndex((line) => line.startsWith("Commands for bash"));
  assert.ok(begin >= 0, out);
  const end = lines.indexOf("", begin);
  return lines.slice(begin + 1, end).map((line) => line.trim());
}

/** Runs lines as if a user typed them. Returns the lines of standard error. */
export async function pasted(lines: readonly string[]): Promise<string[]> {
  const bash = spawn("bash", ["-s"], { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  bash.stderr.on("data", (part: Buffer) => (said += part.toString()));
  bash.stdin.end(lines.map((line) => `${line}\n`).join(""));
  await new Promise((resolve) => bash.on("close", resolve));
  return said.split("\n").filter((line) => line !== "");
}
