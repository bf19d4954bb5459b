import * as aws from "@pulumi/aws";
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

/** Registers the scaling group behind a node group of EKS, whose machines come and go. */
export function attachNodeGroup(name: string, group: aws.eks.NodeGroup): FrontDoorArgs["attach"] {
  const autoscalingGroupName = group.resources.apply(([resource]) => {
    const scalingGroup = resource?.autoscalingGroups[0]?.name;
    if (scalingGroup === undefined) {
      throw new Error("a node group of EKS always has a scaling group; this one names none");
    }
    return scalingGroup;
  });
  return (targets, parent) => {
    new aws.autoscaling.Attachment(
      `${name}-nodes`,
      { autoscalingGroupName, lbTargetGroupArn: targets.arn },
      { parent },
    );
  };
}
