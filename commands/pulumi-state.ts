import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { deploymentOf, type StoredStack } from "../cost/resources/stack-export";
import { SettingsError } from "../settings/contract";
import { listed, printable, quoted, sentenceOf } from "../settings/foreign-text";

/**
 * Reads the stacks of this project from the backend that `pulumi` is logged in to.
 *
 * @param folder folder of `Pulumi.yaml`.
 * @param only names of the stacks to read. @default every stack of the backend
 * @param all true if each of `only` must exist. @default names that do not exist are ignored
 * @throws SettingsError with the message of `pulumi` when it is not installed or not logged in; or when a
 *   stack that must exist does not.
 */
export async function storedStacks(
  folder: string,
  { only, all = false }: { readonly only?: readonly string[] | undefined; readonly all?: boolean },
): Promise<StoredStack[]> {
  try {
    const ask = (...args: readonly string[]): Promise<unknown> => pulumi(folder, args);
    const existing = ((await ask("stack", "ls", "--json")) as { name: string }[]).map(
      ({ name }) => name,
    );
    const missing = only?.filter((name) => !existing.includes(name)) ?? [];
    if (all && missing.length > 0) {
      throw new SettingsError(
        `the current Pulumi backend has no stack ${listed(missing.map((name) => printable(name)))}; it has ${listed(existing) || "none"}`,
      );
    }
    return await Promise.all(
      (only?.filter((name) => existing.includes(name)) ?? existing).map(async (stack) => {
        // The Automation API would not do: its export decrypts secrets, so it needs the passphrase.
        const { deployment } = (await ask("stack", "export", "--stack", stack)) as {
          deployment: unknown;
        };
        return { stack, deployment: deploymentOf(deployment) };
      }),
    );
  } catch (error) {
    throw error instanceof SettingsError ? error : new SettingsError(reason(error));
  }
}

/**
 * Decrypts an output of a stack that is a secret, for which Pulumi needs the stack's passphrase or key.
 *
 * @param folder folder of `Pulumi.yaml`.
 * @throws SettingsError with the message of `pulumi`.
 */
export async function secretOutput(folder: string, stack: string, name: string): Promise<string> {
  try {
    const args = ["stack", "output", name, "--json", "--show-secrets", "--stack", stack];
    return String(await pulumi(folder, args));
  } catch (error) {
    throw new SettingsError(
      `the output ${name} of stack ${quoted(stack)} cannot be read: ${cause(error)}`,
    );
  }
}

/** Runs the Pulumi CLI and reads its answer as JSON. */
async function pulumi(folder: string, args: readonly string[]): Promise<unknown> {
  const options = { cwd: folder, maxBuffer: Infinity };
  const { stdout } = await promisify(execFile)("pulumi", [...args, "--non-interactive"], options);
  return JSON.parse(stdout);
}

function reason(error: unknown): string {
  return `the stacks of the current Pulumi backend cannot be read: ${cause(error)}`;
}

/** The error message of the CLI, without the command line. */
function cause(error: unknown): string {
  const { code, message, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
  const said = /^error: (.*)$/m.exec(stderr ?? "")?.[1] ?? message;
  return code === "ENOENT" ? "the command pulumi is not installed" : sentenceOf(said, 400);
}
