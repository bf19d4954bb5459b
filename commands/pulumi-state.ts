import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { deploymentOf, type StoredStack } from "../cost/resources/stack-export";
import { SettingsError } from "../settings/contract";

/**
 * Reads the stacks of this project from the backend that `pulumi` is logged in to.
 *
 * @param folder where `Pulumi.yaml` lies.
 * @param only names of the stacks to read. @default all that the backend has
 * @param all whether the backend has to have each of them. @default those that it has are enough
 * @throws SettingsError with what `pulumi` says when it is not installed or not logged in, or has no stack
 *   of a name that it has to have.
 */
export async function storedStacks(
  folder: string,
  { only, all = false }: { readonly only?: readonly string[] | undefined; readonly all?: boolean },
): Promise<StoredStack[]> {
  try {
    const ask = (...args: readonly string[]): Promise<unknown> => pulumi(folder, args);
    const known = ((await ask("stack", "ls", "--json")) as { name: string }[]).map(
      ({ name }) => name,
    );
    const missing = only?.filter((name) => !known.includes(name)) ?? [];
    if (all && missing.length > 0) {
      throw new SettingsError(
        `the current Pulumi backend has no stack ${missing.join(", ")}; it has ${known.join(", ") || "none"}`,
      );
    }
    return await Promise.all(
      (only?.filter((name) => known.includes(name)) ?? known).map(async (stack) => {
        // Not by the Automation API, whose export decrypts, and so needs the passphrase.
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

/** What the CLI answers as JSON. */
async function pulumi(folder: string, args: readonly string[]): Promise<unknown> {
  const options = { cwd: folder, maxBuffer: Infinity };
  const { stdout } = await promisify(execFile)("pulumi", [...args, "--non-interactive"], options);
  return JSON.parse(stdout);
}

/** What the CLI has written, without how it was called. */
function reason(error: unknown): string {
  const { code, message, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
  const said = /^error: (.*)$/m.exec(stderr ?? "")?.[1] ?? message;
  const why = code === "ENOENT" ? "there is no command pulumi" : said;
  return `the stacks of the current Pulumi backend cannot be read: ${why}`;
}
