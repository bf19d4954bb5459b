import * as aws from "@pulumi/aws";
import type { Attach } from "./front-door";

/**
 * Registers instances that the program declares, each by itself.
 *
 * @param name prefix of the names of the attachments, the name of the front door.
 */
export function attachInstances(name: string, instances: readonly aws.ec2.Instance[]): Attach {
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

/**
 * Registers the Auto Scaling group of an EKS node group, which creates and deletes machines by itself.
 *
 * @param name prefix of the name of the attachment, the name of the front door.
 */
export function attachNodeGroup(name: string, group: aws.eks.NodeGroup): Attach {
  const autoscalingGroupName = group.resources.apply(([resource]) => {
    const scalingGroup = resource?.autoscalingGroups[0]?.name;
    if (scalingGroup === undefined) {
      throw new Error("EKS gave the node group no Auto Scaling group; it always has one");
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
