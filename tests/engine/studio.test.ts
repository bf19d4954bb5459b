import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DescribeEndpointCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  DescribeUserProfileCommand,
  ListDomainsCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { workload } from "../../commands/workload";
import { readyStack } from "../../commands/workload/ready-stack";
import { searchSpace } from "../../commands/workload/search-space";
import type { JobTemplate } from "../../commands/workload/sagemaker";
import { USD } from "../../cost/currency";
import { estimate } from "../../cost/estimate";
import { runStore } from "../../cost/live/run-store";
import { priceBook } from "../../cost/price-book";
import { deploymentOf } from "../../cost/resources/stack-export";
import { plain } from "../../reports/table";
import { trainingJobName, tuningJobName } from "../../settings/names";
import { TODAY } from "../support/resources";
import { fill } from "./user-made";
import {
  audited,
  Colleague,
  configure,
  NOTHING,
  emulator,
  resourcesIn,
  secretsIn,
  storedResource,
} from "./engine-stack";
import { comeUp, destroy, up } from "./recovery";
import { running, StudioNeighbour, useStudio } from "./user-made-in-studio";

/** A region of its own: see stacks.test.ts. */
const REGION = "us-west-2";

/** Seconds that the program measures. */
const PROGRAM_SECONDS = { data: 1, training: 2, database: 3 };

const s3 = () => new S3Client({ region: REGION, endpoint: emulator().href, forcePathStyle: true });

/** Objects in the bucket when Pulumi deletes it: more than a page of a list, and than one deletion takes. */
const OBJECTS = 5000;

describe("sagemaker", function () {
  this.timeout("15m");
  const ada = new Colleague();
  let stack: Stack;
  let client: SageMakerClient;
  let domainId: string;
  let neighbour: StudioNeighbour;
  const profile = (name: string) =>
    storedResource(
      ada.state("sagemaker"),
      "sagemaker/userProfile:UserProfile",
      `sagemaker-profiles-${name}`,
    );

  before(async () => {
    stack = await ada.ownStack("sagemaker");
    await stack.setConfig("aws:region", { value: REGION });
    const settings = { "studio.jobs": "true", "serving.endpoint": "true" };
    await configure(stack, { lifecycle: "keep", ...settings });
    client = new SageMakerClient({ region: REGION, endpoint: emulator().href });
    neighbour = new StudioNeighbour(client, REGION);
  });

  after(() => {
    ada.leave();
  });

  it("is created with the common outputs, without a cluster's", async () => {
    const { outputs } = await comeUp(ada, stack);
    assert.match(String(outputs["loginUrl"]?.value), /^https?:\/\//);
    assert.equal(outputs["kubeconfig"]?.value, undefined);
    assert.deepEqual(Object.keys(outputs["roleArns"]?.value as object).sort(), ["ada", "grace"]);
    domainId =
      storedResource(ada.state("sagemaker"), "sagemaker/domain:Domain", "sagemaker-studio-domain")
        .id ?? "";
    assert.match(domainId, /^d-/);
  });

  it("shows no changes in a second preview and after a refresh", async () => {
    const expectNoChanges = true;
    await stack.preview({ expectNoChanges });
    await stack.refresh({ expectNoChanges });
    await stack.preview({ expectNoChanges });
  });

  it("has an endpoint with the price of its hours, and jobs that know its name", async () => {
    const exported: { readonly deployment: unknown } = await stack.exportStack();
    const { resources, outputs } = deploymentOf(exported.deployment);
    const { lines } = estimate(resources, {
      book: priceBook(REGION, USD),
      usage: {},
      today: TODAY,
    });
    const [line] = lines.filter(({ label }) => label.startsWith("Model server"));
    assert.deepEqual([line?.quantity, line?.priceKey], [730, "sagemaker.ml.m5.large.hosting.hour"]);
    const EndpointName = String(outputs["modelServer"]);
    const jobs = outputs["trainingJobs"] as Record<string, JobTemplate>;
    assert.equal(jobs["ada"]?.Environment?.["SERVING_ENDPOINT"], EndpointName);
    const { EndpointStatus } = await client.send(new DescribeEndpointCommand({ EndpointName }));
    assert.equal(EndpointStatus, "InService");
  });

  /** The stack as the commands read it, with its means to run the workload as ada. */
  const readyToRun = async () => {
    const exported: { readonly deployment: unknown } = await stack.exportStack();
    const stored = { stack: "sagemaker", deployment: deploymentOf(exported.deployment) };
    const access = () => ({});
    const sources = { now: new Date(), access, kubeconfig: () => Promise.resolve("") };
    const made = await readyStack(stored, "ada", sources);
    assert.ok("ok" in made, "problem" in made ? made.problem : "");
    return { stored, made };
  };

  it("runs the workload as a training job, and finds the run again", async () => {
    const { stored, made } = await readyToRun();
    const bucket = String(stored.deployment.outputs["bucket"]);
    const { runner } = made.ok;
    const start = runner.start.bind(runner);
    // An emulated job ends at once and runs no program: this is what the program would have written.
    runner.start = async (request) => {
      await start(request);
      const Key = `users/ada/workload/${request.run}/metrics.json`;
      const metrics = { begun: Date.now() / 1000, accuracy: 0.9, seconds: PROGRAM_SECONDS };
      await s3().send(new PutObjectCommand({ Bucket: bucket, Key, Body: JSON.stringify(metrics) }));
    };
    const printed: string[] = [];
    const context = {
      now: () => new Date(),
      stored: () => Promise.resolve([stored]),
      ready: () => Promise.resolve(made),
      withoutKubectl: () => Promise.resolve(undefined),
      signal: new AbortController().signal,
      interval: 500,
      paint: plain,
      width: 120,
      env: {},
      out: (text: string) => printed.push(text),
      err: (text: string) => printed.push(text),
    };
    assert.equal(await workload(["--stack", "sagemaker"], context), 0, printed.join(""));
    const [run] = await runStore({ region: REGION }, bucket).newest(["ada"]);
    assert.deepEqual(run?.machine, { kind: "instance", instanceType: "ml.t3.medium" });
    const name = trainingJobName(stored.deployment.stackId ?? "", "ada", run.run);
    const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    assert.equal(job.HyperParameters?.["run"], JSON.stringify(run.run));
  });

  it("starts a tuning job with the same template", async () => {
    const { stored, made } = await readyToRun();
    const space = searchSpace();
    assert.ok("ok" in space);
    const request = { run: "tp9k2f", person: "ada", size: "small", space: space.ok } as const;
    const { runner } = made.ok.tuner;
    await runner.start(request);
    // An emulated job ends at once and has no training jobs.
    assert.equal((await runner.state(request)).kind, "done");
    const name = tuningJobName(stored.deployment.stackId ?? "", "ada", "tp9k2f");
    const { TrainingJobDefinition: definition, HyperParameterTuningJobConfig: config } =
      await client.send(
        new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }),
      );
    assert.match(definition?.RoleArn ?? "", /sagemaker-jobs-ada-role/);
    assert.equal(definition?.StaticHyperParameters?.["sagemaker_program"], '"train.py"');
    assert.equal(config?.ParameterRanges?.ContinuousParameterRanges?.length, 2);
  });

  it("stores no secret in plain text in the state", async () => {
    // Short ones are parts of words.
    const secrets = secretsIn(await stack.exportStack()).filter(({ length }) => length >= 8);
    assert.ok(secrets.length > 0);
    const state = ada.state("sagemaker");
    for (const secret of secrets) {
      assert.ok(!state.includes(JSON.stringify(secret).slice(1, -1)), `${secret.slice(0, 4)}…`);
    }
  });

  it("adds and removes a user's profile without touching others", async () => {
    const before = profile("ada").id;
    const path = true;
    for (const [field, value] of [
      ["name", "mary"],
      ["email", "mary@your-company.com"],
      ["group", "ml-users"],
    ] as const) {
      await stack.setConfig(`ml-platform:users[2].${field}`, { value }, path);
    }
    await up(ada, stack);
    assert.ok(profile("mary").id);
    await stack.removeConfig("ml-platform:users[2]", path);
    await up(ada, stack);
    assert.throws(() => profile("mary"), /no sagemaker\/userProfile:UserProfile/);
    assert.equal(profile("ada").id, before);
  });

  it("is retired in place, and people's profiles have what its settings say", async () => {
    const ids = () => [
      storedResource(ada.state("sagemaker"), "sagemaker/domain:Domain", "sagemaker-studio-domain")
        .id,
      profile("ada").id,
      profile("grace").id,
    ];
    const before = ids();
    await configure(stack, {
      lifecycle: "retire",
      "studio.instanceType": "ml.m5.large",
      "studio.maxSpaceGib": "50",
      "notebooks.homeGib": "20",
      "notebooks.idleMinutes": "120",
    });
    const { resourceChanges } = (await up(ada, stack)).summary;
    assert.deepEqual(Object.keys(resourceChanges ?? {}).sort(), ["same", "update"]);
    assert.deepEqual(ids(), before);
    await stack.preview({ expectNoChanges: true });
    const { UserSettings } = await client.send(
      new DescribeUserProfileCommand({ DomainId: domainId, UserProfileName: "ada" }),
    );
    const { AppLifecycleManagement, DefaultResourceSpec } =
      UserSettings?.JupyterLabAppSettings ?? {};
    assert.equal(AppLifecycleManagement?.IdleSettings?.IdleTimeoutInMinutes, 120);
    assert.equal(DefaultResourceSpec?.InstanceType, "ml.m5.large");
    assert.deepEqual(UserSettings?.SpaceStorageSettings?.DefaultEbsStorageSettings, {
      DefaultEbsVolumeSizeInGb: 20,
      MaximumEbsVolumeSizeInGb: 50,
    });
  });

  it("contains what users create in Studio", async () => {
    await neighbour.settle();
    await useStudio(client, domainId);
    assert.equal(await running(client, domainId), 3);
    await fill(String((await stack.outputs())["bucket"]?.value), OBJECTS);
    const {
      "user-made": made,
      leftover,
      interrupted,
    } = await audited(ada, "sagemaker", "us-west-2");
    assert.deepEqual([made["JupyterLab app"], made["space"]], [3, 3], JSON.stringify(made));
    assert.deepEqual([leftover, interrupted], [{}, {}]);
  });

  it("refuses to remove somebody with a space in the preview, and an `up` deletes nothing", async () => {
    const users = await stack.getConfig("ml-platform:users");
    const before = resourcesIn(ada.state("sagemaker"));
    const [first] = JSON.parse(users.value) as object[];
    await stack.setConfig("ml-platform:users", { value: JSON.stringify([first]) });
    const refused =
      /grace cannot be removed from users .* delete-space --domain-id \S+ --space-name grace-space/s;
    await assert.rejects(stack.preview(), refused);
    assert.deepEqual(resourcesIn(ada.state("sagemaker")), before);
    await assert.rejects(stack.up(), refused);
    // The order of the state may be another one.
    const urns = (resources: typeof before) => resources.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(resourcesIn(ada.state("sagemaker"))), urns(before));
    await stack.setConfig("ml-platform:users", users);
    await up(ada, stack);
  });

  it("is destroyed completely by a plain destroy, content before and leftovers after the domain", async () => {
    const gone: string[] = [];
    await destroy(stack, {
      onEvent: ({ resOutputsEvent }) => {
        if (resOutputsEvent?.metadata.op === "delete") {
          gone.push(resOutputsEvent.metadata.urn.split("::").at(-1) ?? "");
        }
      },
    });
    assert.deepEqual(resourcesIn(ada.state("sagemaker")), []);
    assert.deepEqual(await audited(ada, "sagemaker", "us-west-2"), NOTHING);
    const { Domains = [] } = await client.send(new ListDomainsCommand({}));
    assert.deepEqual(
      Domains.map(({ DomainId }) => DomainId),
      [neighbour.domainId],
    );
    const order = [
      "sagemaker-studio-janitor",
      "sagemaker-profiles-ada",
      "sagemaker-studio-domain",
      "sagemaker-domain-janitor",
      "network-private-a",
      "network-vpc",
    ];
    assert.deepEqual(
      gone.filter((name) => order.includes(name)),
      order,
    );
  });

  it("deletes nothing of another domain with users of the same names", async () => {
    assert.equal(await running(client, neighbour.domainId), 3);
    await neighbour.leave();
  });
});
