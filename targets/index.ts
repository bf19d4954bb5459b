import type { TargetName } from "../settings/shared";
import { ec2 } from "./ec2";
import { eks } from "./eks";
import { sagemaker } from "./sagemaker";
import type { Target } from "./target";

/** Every platform, by the name that the setting `target` takes. */
export const TARGETS: { readonly [T in TargetName]: Target<T> } = { ec2, eks, sagemaker };
