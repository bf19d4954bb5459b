import * as pulumi from "@pulumi/pulumi";
import { declarePlatform } from "./platform";
import { loadSettings, today } from "./settings";
import { inStack, message, SettingsError } from "./settings/schema/load";
import { placeholders } from "./settings/example-values";

const config = pulumi.runtime.allConfig();
const { settings, warnings } = loadSettings(pulumi.getStack(), config, today());
const examples = placeholders(settings);
if (examples.length > 0 && !pulumi.runtime.isDryRun()) {
  const title = "the stack still has example values";
  throw new SettingsError(message(title, pulumi.getStack(), examples));
}
for (const { problem, fix } of [...warnings, ...examples]) {
  void pulumi.log.warn(`${problem}\n    ${inStack(pulumi.getStack(), fix)}`);
}

export const {
  loginUrl,
  bucket,
  databaseEndpoint,
  databaseSecretArn,
  userPoolId,
  kubeconfig,
  roleArns,
  stackId,
} = declarePlatform(settings, config);
