import * as pulumi from "@pulumi/pulumi";
import type { Access } from "./broker/admission";
import { bundleBroker } from "./broker-bundle";

/** The bundle, created once for each process. */
let bundled: Promise<string> | undefined;

/** The archive for Lambda: the code of the broker, and `access.json`, which says who may log in. */
export function brokerCode(access: Access): pulumi.asset.AssetArchive {
  bundled ??= bundleBroker();
  return new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset(bundled),
    "access.json": new pulumi.asset.StringAsset(JSON.stringify(access)),
  });
}
