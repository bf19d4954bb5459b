import assert from "node:assert/strict";

/** One statement of an IAM or bucket policy. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** Statements of a policy given as JSON. */
export function policyOf(json: unknown): Statement[] {
  assert.equal(typeof json, "string", `a policy must be JSON, got ${JSON.stringify(json)}`);
  return (JSON.parse(json as string) as { Statement: Statement[] }).Statement;
}

/** A value or a list of values, as a list. */
export function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

/** True if some statement allows an action on a resource, by IAM's wildcards. Conditions are ignored. */
export function allows(
  statements: readonly Statement[],
  action: string,
  resource: string,
): boolean {
  return statements.some(
    (statement) =>
      statement.Effect === "Allow" &&
      listOf(statement.Action).some((pattern) => matches(pattern, action)) &&
      listOf(statement.Resource).some((pattern) => matches(pattern, resource)),
  );
}

function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}
