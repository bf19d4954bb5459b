import * as pulumi from "@pulumi/pulumi";
import { declarePlatform } from "./platform";
import { loadSettings, today } from "./settings";
import { faultsMessage, warningMessage } from "./settings/schema/message";
import { refuseRepeatedKeys } from "./settings/schema/stack-file";
import { SettingsError } from "./settings/contract";
import { exampleValues } from "./settings/example-values";

// The engine runs a program in the folder of `Pulumi.yaml`, where the stack files are.
refuseRepeatedKeys(process.cwd(), pulumi.getStack());
const config = pulumi.runtime.allConfig();
// Pulumi's types do not declare this function.
const { isConfigSecret } = pulumi.runtime as unknown as {
  readonly isConfigSecret: (key: string) => boolean;
};
const { settings, warnings } = loadSettings(pulumi.getStack(), config, today(), isConfigSecret);
const examples = exampleValues(settings);
if (examples.length > 0 && !pulumi.runtime.isDryRun()) {
  const title = "the stack still has example values";
  throw new SettingsError(faultsMessage(title, pulumi.getStack(), examples));
}
for (const warning of [...warnings, ...examples]) {
  void pulumi.log.warn(warningMessage(pulumi.getStack(), warning));
}

// As a whole: an output that a stack does not have is no warning then.
export = declarePlatform(settings, config);
