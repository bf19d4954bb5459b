import * as pulumi from "@pulumi/pulumi";
import { declarePlatform } from "./platform";
import { loadSettings, today } from "./settings";
import { withStackFlag, faultsMessage } from "./settings/schema/message";
import { SettingsError } from "./settings/contract";
import { exampleValues } from "./settings/example-values";

const config = pulumi.runtime.allConfig();
const { settings, warnings } = loadSettings(pulumi.getStack(), config, today());
const examples = exampleValues(settings);
if (examples.length > 0 && !pulumi.runtime.isDryRun()) {
  const title = "the stack still has example values";
  throw new SettingsError(faultsMessage(title, pulumi.getStack(), examples));
}
for (const { problem, fix } of [...warnings, ...examples]) {
  void pulumi.log.warn(`${problem}\n    ${withStackFlag(pulumi.getStack(), fix)}`);
}

// As a whole: an output that a stack does not have is no warning then.
export = declarePlatform(settings, config);
