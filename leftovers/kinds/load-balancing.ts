import { DescribeLoadBalancersCommand as DescribeClassicCommand } from "@aws-sdk/client-elastic-load-balancing";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Finding } from "../../aws/finding";
import { HOURS_PER_MONTH } from "../../cost/rule";
import type { Clients } from "../clients";
import { waitWhile } from "../shell";
import { FREE, oneByOne, type Description, type Kind } from "./kind";

/** Load balancers, which the controllers of a cluster create for users. */
export const LOAD_BALANCING = {
  "elasticloadbalancing:loadbalancer": {
    name: "load balancer",
    plural: "load balancers",
    describe: oneByOne("elasticloadbalancing:DescribeLoadBalancers", loadBalancer),
    charges: "described",
    byUsers: true,
    remove: removeLoadBalancer,
  },
  "elasticloadbalancing:targetgroup": {
    name: "target group",
    plural: "target groups",
    describe: oneByOne(
      "elasticloadbalancing:DescribeTargetGroups",
      async ({ balancers }, { arn = "" }) => {
        await balancers.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
        return {};
      },
    ),
    charges: FREE,
    byUsers: true,
    remove: ({ arn = "" }) => [`aws elbv2 delete-target-group --target-group-arn ${arn}`],
    after: ["elasticloadbalancing:loadbalancer"],
  },
} satisfies Readonly<Record<string, Kind>>;

/** Classic ones have a name alone, all others an id with a slash. */
function isClassic({ id }: Finding): boolean {
  return !id.includes("/");
}

async function loadBalancer(
  { balancers, classic }: Clients,
  finding: Finding,
): Promise<Description> {
  const { arn = "", id } = finding;
  if (isClassic(finding)) {
    const { LoadBalancerDescriptions: [one] = [] } = await classic.send(
      new DescribeClassicCommand({ LoadBalancerNames: [id] }),
    );
    return { since: one?.CreatedTime };
  }
  const { LoadBalancers: [one] = [] } = await balancers.send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }),
  );
  // Its capacity units cost extra, by traffic.
  const charges = one?.Type === "application" && {
    charges: [{ priceKey: "elb.alb.hour", quantity: HOURS_PER_MONTH }],
  };
  return { since: one?.CreatedTime, ...charges };
}

/** AWS deletes its interfaces, described as `ELB <id>`, minutes later; until then they block subnets and groups. */
function removeLoadBalancer(finding: Finding): string[] {
  const { arn = "", id } = finding;
  return [
    isClassic(finding)
      ? `aws elb delete-load-balancer --load-balancer-name ${id}`
      : `aws elbv2 delete-load-balancer --load-balancer-arn ${arn}`,
    waitWhile(
      "eni-",
      `aws ec2 describe-network-interfaces --filters 'Name=description,Values=ELB ${id}' --query 'NetworkInterfaces[].NetworkInterfaceId'`,
    ),
  ];
}
