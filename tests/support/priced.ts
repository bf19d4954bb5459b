import type { PricedStack } from "../../cost/compare/priced-stack";
import { USD } from "../../cost/currency";
import { estimate } from "../../cost/estimate";
import { priceBook, type PriceBook } from "../../cost/price-book";
import type { DeclaredResource } from "../../cost/rule";
import type { Usage } from "../../cost/scenarios/usage";
import { nodes } from "./clusters";
import { declared, machine, postgres, TODAY } from "./resources";

const SHARED: readonly DeclaredResource[] = [
  declared("aws:ec2/internetGateway:InternetGateway", "gateway"),
  declared("aws:ec2/natGateway:NatGateway", "nat"),
  declared("aws:ec2/eip:Eip", "nat-address"),
  declared("aws:ec2/subnet:Subnet", "subnet"),
  declared("aws:ec2/vpcEndpoint:VpcEndpoint", "s3"),
  declared("aws:s3/bucket:Bucket", "data"),
  declared("aws:s3/bucketPolicy:BucketPolicy", "data-policy"),
  declared("aws:cognito/userPool:UserPool", "users"),
  postgres(),
];

const HUB = { chart: "jupyterhub", values: { singleuser: { storage: { capacity: "5Gi" } } } };

/** Resources of a hand-written cluster: shared ones, a control plane, workers, the hub. */
export function cluster(machines: number, instanceType?: string): DeclaredResource[] {
  const parents = ["mlp:target:Ec2"];
  const instances = Array.from({ length: machines }, (_, index) =>
    machine(index === 0 ? "ec2-control-plane" : `ec2-node-${index}`, parents, instanceType),
  );
  return [
    ...SHARED,
    ...instances,
    declared("aws:cloudfront/function:Function", "ec2-guard", {}, parents),
    declared("kubernetes:helm.sh/v3:Release", "ec2-notebooks", HUB, parents),
  ];
}

/** Machines and prices of a hand-written stack. */
interface PricedWith {
  /** @default t4g.large */
  readonly instanceType?: string | undefined;
  /** @default the prices of Paris in US dollars */
  readonly book?: PriceBook;
}

/** Priced stack of a few hand-written resources: shared ones, and `machines` in a target `ec2`. */
export function pricedStack(
  stack: string,
  machines: number,
  usage: Usage,
  { instanceType = "t4g.large", book = priceBook("eu-west-3", USD) }: PricedWith = {},
): PricedStack {
  return {
    stack,
    target: "ec2",
    warnings: [],
    machines: nodes("ec2", instanceType, machines),
    estimate: estimate(cluster(machines, instanceType), {
      book,
      usage,
      today: TODAY,
    }),
  };
}
