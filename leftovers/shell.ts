import { shellWord } from "../settings/foreign-text";

/** Parts of lines for bash. The lines take region and profile from the environment: see `environmentLine`. */

/**
 * First line of all commands: the region, the profile, and no pager, in which version 2 of the AWS CLI would show
 * each answer. Version 1 reads the region from `AWS_DEFAULT_REGION` only. Keys in the environment would win over
 * a profile, so they are removed with one.
 *
 * @param profile `aws:profile` of the stack file. @default that of the environment
 */
export function environmentLine(region: string, profile?: string): string {
  const variables = `AWS_PAGER= AWS_REGION=${shellWord(region)} AWS_DEFAULT_REGION=${shellWord(region)}`;
  return profile === undefined
    ? `export ${variables}`
    : `unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN; export ${variables} AWS_PROFILE=${shellWord(profile)}`;
}

/** Runs a command for everything that a list of AWS names, one a line; `act` calls it `$name`. */
export function each(list: string, name: string, act: string): string {
  return `${list} --output text | while read -r ${name}; do ${act}; done`;
}

/**
 * Waits where the AWS CLI has no `wait`: as long as the answer contains the word. An error ends it, which is what
 * AWS answers when something is deleted.
 */
export function waitWhile(word: string, ask: string): string {
  return `while ${ask} --output text 2>&1 | grep -q ${word}; do sleep 5; done`;
}
