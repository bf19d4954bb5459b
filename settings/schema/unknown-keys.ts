import { closest, distance } from "fastest-levenshtein";
import { AWS_NAMES } from "./aws-config";
import { type ConfigSource, type Fault, PROJECT } from "../contract";
import { escapeControlChars } from "./message";

/** How many letters may differ before a known name stops being a helpful guess. */
const NEAR = 5;
/** The same for a namespace: "mlplatform" is ours, misspelt; "kubernetes" is another provider's. */
const NEAR_NAMESPACE = 3;

/**
 * Keys that nothing reads: unknown names of settings of this program and of its AWS provider, and namespaces
 * that look like ours. Those of other providers and of Pulumi itself are left alone.
 *
 * @param paths every setting of ours.
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
    return distance(namespace, PROJECT) <= NEAR_NAMESPACE
      ? [unknown(key, `${PROJECT}:${nearest(name, paths) ?? name}`)]
      : [];
  });
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const found = closest(name, known);
  return distance(name, found) <= NEAR ? found : undefined;
}

function unknown(key: string, known: string | undefined): Fault {
  const hint = known === undefined ? "" : `; the nearest known name is ${known}`;
  return {
    problem: `"${key}" is no setting of this program${hint}`,
    fix: `pulumi config rm ${escapeControlChars(key)}`,
  };
}
