import type { PricedStack } from "../../commands/priced-stack";
import { estimate } from "../../cost/estimate";
import { priceBook } from "../../cost/price-book";
import type { DeclaredResource } from "../../cost/rule";
import type { Usage } from "../../cost/usage";
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

/** A priced stack of a few resources made by hand: shared ones and `machines` in a target `ec2`. */
export function pricedStack(stack: string, machines: number, usage: Usage): PricedStack {
  const nodes = Array.from({ length: machines }, (_, index) =>
    machine(`ec2-node-${index}`, ["mlp:target:Ec2"]),
  );
  const inTarget = [
    ...nodes,
    declared("aws:cloudfront/function:Function", "ec2-guard", {}, ["mlp:target:Ec2"]),
  ];
  return {
    stack,
    target: "ec2",
    warnings: [],
    estimate: estimate([...SHARED, ...inTarget], {
      book: priceBook("eu-west-3"),
      usage,
      today: TODAY,
    }),
  };
}
