import { AWS_NAMES } from "./aws-config";
import { type ConfigSource, type Fault, PROJECT } from "../contract";
import { escapeControlChars } from "./message";
import { nearest } from "./nearest";

/**
 * Finds keys that nothing reads: unknown settings of this program and of its AWS provider, and
 * misspelt namespaces of this program. Keys of other providers and of Pulumi itself are ignored.
 *
 * @param paths every setting of this program.
 */
export function unknownKeys(source: ConfigSource, paths: readonly string[]): Fault[] {
  return Object.keys(source).flatMap((key) => {
    const [namespace = "", name = ""] = key.split(/:(.*)/s);
    if (namespace === PROJECT) {
      return paths.includes(name) ? [] : [unknown(name, nearest(name, paths))];
    }
    if (namespace === "aws") {
      const known = nearest(name, AWS_NAMES);
      return AWS_NAMES.includes(name) ? [] : [unknown(key, known && `aws:${known}`)];
    }
    return nearest(namespace, [PROJECT]) === undefined
      ? []
      : [unknown(key, `${PROJECT}:${nearest(name, paths) ?? name}`)];
  });
}

function unknown(key: string, known: string | undefined): Fault {
  const hint = known === undefined ? "" : `; the nearest known name is ${known}`;
  return {
    problem: `"${key}" is not a setting of this program${hint}`,
    fix: `pulumi config rm ${escapeControlChars(key)}`,
  };
}
