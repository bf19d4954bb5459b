import * as pulumi from "@pulumi/pulumi";
import { allow } from "./statements";

/** Inputs of `studioPolicy`. */
export interface StudioPolicyArgs {
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly accountId: pulumi.Input<string>;
  readonly domainId: pulumi.Input<string>;
  /** Profile of the user whose role gets the policy. */
  readonly profileName: string;
  /** Instance types that apps may run on, `ml.…`. */
  readonly instanceTypes: readonly string[];
}

/**
 * Kinds of app that users may start. ARNs of apps contain them in lower case, and policies distinguish upper
 * and lower case.
 */
const APP_TYPES = ["JupyterLab", "jupyterlab", "CodeEditor", "codeeditor"];

/**
 * The policy of a user in Studio: it allows the user's own private spaces, on the instance types of the
 * stack. AWS's policy AmazonSageMakerFullAccess would allow any instance.
 *
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-spaces.html and the condition
 * keys of https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export function studioPolicy(args: StudioPolicyArgs): pulumi.Output<string> {
  const { region, profileName, instanceTypes } = args;
  return pulumi.all([args.accountId, args.domainId]).apply(([accountId, domainId]) => {
    const arn: Arn = (kind, path) =>
      `arn:aws:sagemaker:${region}:${accountId}:${kind}/${domainId}/${path}`;
    const profile = arn("user-profile", profileName);
    const own = {
      ArnEquals: { "sagemaker:OwnerUserProfileArn": profile },
      StringEquals: { "sagemaker:SpaceSharingType": "Private" },
    };
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        allow("Look", LOOK, "*"),
        allow("OwnSpaces", SPACES, arn("space", "*"), own),
        ...apps(arn, own, instanceTypes),
        allow("OpenOwnSpaces", ["sagemaker:CreatePresignedDomainUrl"], profile),
        allow("TagAtCreation", ["sagemaker:AddTags"], [arn("space", "*"), arn("app", "*")], {
          Null: { "sagemaker:TaggingAction": "false" },
        }),
      ],
    });
  });
}

type Arn = (kind: "app" | "space" | "user-profile", path: string) => string;

const LOOK = [
  "sagemaker:DescribeApp",
  "sagemaker:DescribeDomain",
  "sagemaker:DescribeSpace",
  "sagemaker:DescribeUserProfile",
  "sagemaker:ListApps",
  "sagemaker:ListSpaces",
  "sagemaker:ListTags",
  "sagemaker:ListUserProfiles",
];
const SPACES = ["sagemaker:CreateSpace", "sagemaker:UpdateSpace", "sagemaker:DeleteSpace"];

function apps(arn: Arn, own: object, instanceTypes: readonly string[]): object[] {
  const resources = APP_TYPES.map((type) => arn("app", `*/${type}/*`));
  return [
    allow("StartOwnApps", ["sagemaker:CreateApp"], resources, {
      ...own,
      "ForAllValues:StringEquals": { "sagemaker:InstanceTypes": instanceTypes },
      // Otherwise a request without a type would be allowed.
      Null: { "sagemaker:InstanceTypes": "false" },
    }),
    allow("StopOwnApps", ["sagemaker:DeleteApp"], resources, own),
  ];
}
