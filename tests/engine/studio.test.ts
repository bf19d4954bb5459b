import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { ListDomainsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { fill } from "./user-made";
import {
  audited,
  Colleague,
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
