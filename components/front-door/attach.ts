import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { FrontDoorArgs } from "./front-door";

/** Registers machines of the program's own, each by itself. */
export function attachInstances(
  name: string,
  instances: readonly aws.ec2.Instance[],
): FrontDoorArgs["attach"] {
  return (targets, parent) => {
    instances.forEach((instance, index) => {
      new aws.lb.TargetGroupAttachment(
        `${name}-node-${index + 1}`,
        { targetGroupArn: targets.arn, targetId: instance.id },
        { parent },
      );
    });
  };
}

/** Registers a scaling group, which registers its machines as they come and go. */
export function attachScalingGroup(
  name: string,
  autoscalingGroupName: pulumi.Input<string>,
): FrontDoorArgs["attach"] {
  return (targets, parent) => {
    new aws.autoscaling.Attachment(
      `${name}-nodes`,
      { autoscalingGroupName, lbTargetGroupArn: targets.arn },
      { parent },
    );
  };
}
