import type { SharedSettings, TargetName } from "../shared";
import { EC2_PROFILE, type Ec2Settings } from "./ec2";
import { EKS_PROFILE, type EksSettings, type RawEksSettings } from "./eks";
import type { TargetProfile } from "./profile";
import { SAGEMAKER_PROFILE, type SagemakerSettings } from "./sagemaker";

/** Settings of each target beside the shared ones: as a stack file has them, and as the program reads them. */
interface TargetSettings {
  readonly ec2: { raw: Ec2Settings; ready: Ec2Settings };
  readonly eks: { raw: RawEksSettings; ready: EksSettings };
  readonly sagemaker: { raw: SagemakerSettings; ready: SagemakerSettings };
}

/** Settings of a target as a stack file has them, the shared ones among them. */
export type RawSettingsOf<T extends TargetName> = SharedSettings & TargetSettings[T]["raw"];

/** Settings of a target as its profile makes them ready, the shared ones among them. */
export type ReadySettingsOf<T extends TargetName> = SharedSettings & TargetSettings[T]["ready"];

/** The profile of every target, in the order in which they are shown. */
export const TARGET_PROFILES: {
  readonly [T in TargetName]: TargetProfile<RawSettingsOf<T>, ReadySettingsOf<T>>;
} = {
  ec2: EC2_PROFILE,
  eks: EKS_PROFILE,
  sagemaker: SAGEMAKER_PROFILE,
};

/** The profile of these settings; the type system cannot see that both are of the same target. */
export function profileOf<T extends TargetName>(
  target: T,
): TargetProfile<RawSettingsOf<T>, ReadySettingsOf<T>> {
  return TARGET_PROFILES[target];
}
