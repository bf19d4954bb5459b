import * as pulumi from "@pulumi/pulumi";
import type { Access } from "./broker/admission";
import { bundleBroker } from "./broker-bundle";

/** Made once for all brokers of this process. */
let bundled: Promise<string> | undefined;

/** The broker as Lambda takes it: its code, and who may come in beside it in `access.json`. */
export function brokerCode(access: Access): pulumi.asset.AssetArchive {
  bundled ??= bundleBroker();
  return new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset(bundled),
    "access.json": new pulumi.asset.StringAsset(JSON.stringify(access)),
  });
}
