import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { People } from "../../components/people";
import type { SettingsOf } from "../../settings";
import { clusterNameOf, parameterPath, targetType, trainingJobPrefix } from "../../settings/names";
import type { MlServices, SharedServices, Target, TargetOutputs } from "../target";
import { StudioDomain } from "./domain";
import { invokeStatement, ModelEndpoint } from "./endpoint";
import { Firewall } from "./firewall";
import { Jobs, type JobsArgs } from "./jobs";
import { domainJanitor, studioJanitor } from "./janitors";
import { LoginBroker } from "./login-broker";
import { Profiles } from "./profiles";

/** Notebooks as a service of AWS: a SageMaker Studio domain with a profile for each user. */
export const sagemaker: Target<"sagemaker"> = {
  deploy: (name, settings, shared, opts) => new SagemakerPlatform(name, settings, shared, opts),
};

class SagemakerPlatform extends pulumi.ComponentResource implements TargetOutputs {
  readonly services: MlServices;
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;
  readonly trainingJobs: Jobs["templates"] | undefined;

  constructor(
    name: string,
    settings: SettingsOf<"sagemaker">,
    shared: SharedServices,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(targetType("sagemaker"), name, {}, opts);
    const child = { parent: this };
    const { network, database, userPool, region, accountId, access } = shared;
    const { users, studio } = settings;
    const { protect } = settings.retention;
    const firewall = new Firewall(`${name}-firewall`, { vpcId: network.vpcId, users }, child);
    database.allow("sagemaker-apps", firewall.groupId);

    const domain = this.domain(name, settings, shared, firewall);
    const { domainId } = domain;
    const profiles = new Profiles(
      `${name}-profiles`,
      {
        studio: { ...studio, ...settings.notebooks },
        groupIds: firewall.groupIds,
        domainId,
        region,
        accountId,
      },
      child,
    );
    const people = this.people(name, settings, shared, profiles);
    const names = users.map(({ name: person }) => person);
    studioJanitor(
      `${name}-studio-janitor`,
      {
        domainId,
        domainArn: domain.domain.arn,
        ownProfiles: names,
        userPoolId: userPool.userPoolId,
        workloadPrefix: shared.stackId.apply(trainingJobPrefix),
        sweepUserJobs: studio.sweepUserJobs,
        access,
      },
      // Protected with the domain: a destroy that retains the domain must not empty it.
      { ...child, dependsOn: [domain, ...profiles.all], protect },
    );
    const broker = this.login(name, settings, shared, domainId);
    const serving = this.endpoint(name, settings, shared, people);
    this.trainingJobs = this.jobs(name, settings, shared, {
      personRoles: people.roles,
      servingEndpoint: serving?.endpointName,
    });
    this.services = { notebooks: broker, serving };
    this.roleArns = people.roleArns;
    this.registerOutputs({ services: this.services, roleArns: this.roleArns });
  }

  /** The domain, and the janitor that cleans up after it. */
  private domain(
    name: string,
    { retention }: SettingsOf<"sagemaker">,
    { network, stack, stackId, tags, access }: SharedServices,
    { groupId, groupIds }: Firewall,
  ): StudioDomain {
    const { sweepData } = retention;
    const sweep = domainJanitor(
      `${name}-domain-janitor`,
      {
        vpcId: network.vpcId,
        ownGroups: [groupId, ...Object.values(groupIds)],
        sweepData,
        tags,
        access,
      },
      { parent: this, dependsOn: [network] },
    );
    return new StudioDomain(
      `${name}-studio`,
      {
        stack,
        stackId,
        network,
        securityGroupId: groupId,
        retention,
        janitor: sweep,
      },
      { parent: this },
    );
  }

  /** The page at which people log in to their profile. */
  private login(
    name: string,
    { users, allowedCidrs }: SettingsOf<"sagemaker">,
    { userPool, region, accountId, stack, stackId }: SharedServices,
    domainId: pulumi.Output<string>,
  ): LoginBroker {
    return new LoginBroker(
      `${name}-login`,
      {
        domainId,
        profiles: Object.fromEntries(users.map(({ name: person }) => [person, person])),
        userPool,
        allowedCidrs,
        region,
        accountId,
        path: stackId.apply((id) => parameterPath(clusterNameOf(stack, id))),
      },
      { parent: this },
    );
  }

  /** The jobs that people may start. They may call the endpoint, which is declared before. */
  private jobs(
    name: string,
    { users, studio }: SettingsOf<"sagemaker">,
    shared: SharedServices,
    others: Pick<JobsArgs, "personRoles" | "servingEndpoint">,
  ): Jobs["templates"] | undefined {
    const args = { ...shared, users, studio, ...others };
    return studio.jobs ? new Jobs(`${name}-jobs`, args, { parent: this }).templates : undefined;
  }

  /** The endpoint, and everybody's right to call it. */
  private endpoint(
    name: string,
    { serving: { endpoint, instanceType } }: SettingsOf<"sagemaker">,
    shared: SharedServices,
    { roles }: People,
  ): ModelEndpoint | undefined {
    if (!endpoint) {
      return undefined;
    }
    const logical = `${name}-serving`;
    const child = { parent: this };
    const server = new ModelEndpoint(logical, { ...shared, instanceType }, child);
    const policy = pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [invokeStatement(shared, server.endpointName)],
    });
    for (const [person, { name: role }] of Object.entries(roles)) {
      new aws.iam.RolePolicy(`${logical}-${person}-predict`, { role, policy }, child);
    }
    return server;
  }

  private people(
    name: string,
    { users }: SettingsOf<"sagemaker">,
    shared: SharedServices,
    profiles: Profiles,
  ): People {
    const trust = () =>
      aws.iam.assumeRolePolicyForPrincipal({ Service: "sagemaker.amazonaws.com" });
    const place = profiles.add.bind(profiles);
    return new People(
      `${name}-people`,
      { ...shared, users, trust, place, adminsCreateLogins: true },
      { parent: this },
    );
  }
}
