import assert from "node:assert/strict";
import { action, sweepStudio, type SweepStudioInputs } from "../../actions/sweep-studio";
import { fakeClock, listening } from "../support/fake-clock";
import { withoutBackoff } from "../support/no-backoff";
import { JOB_KINDS, StudioService } from "./studio-service";

const DOMAIN = "d-0123456789ab";
const ARN = `arn:aws:sagemaker:eu-west-3:123456789012:domain/${DOMAIN}`;
const OTHER = `${ARN.slice(0, -1)}c`;

describe("SweepStudio", () => {
  withoutBackoff();
  let studio: StudioService;
  let inputs: SweepStudioInputs;

  beforeEach(async () => {
    studio = new StudioService(DOMAIN);
    const url = `http://127.0.0.1:${await listening(studio.server)}`;
    inputs = {
      domainId: DOMAIN,
      domainArn: ARN,
      ownProfiles: ["ada", "grace"],
      sweepUserJobs: false,
      aws: {
        region: "eu-west-3",
        accessKey: "AKIA",
        secretKey: "secret",
        endpoints: [{ sagemaker: url }],
      },
    };
    studio.profiles = ["ada", "grace"].map((name) => ({ name, Status: "InService" }));
  });

  afterEach(() => {
    studio.server.closeAllConnections();
    studio.server.close();
  });

  const app = (SpaceName: string, Status = "InService") => ({
    AppName: "default",
    AppType: "JupyterLab",
    SpaceName,
    Status,
  });
  const space = (name: string, owner = "ada") => ({ name, owner, Status: "InService" });
  const passing = () =>
    fakeClock((minutes) => {
      studio.pass(minutes);
    });

  it("deletes apps, then spaces, then profiles unknown to Pulumi, on all pages", async () => {
    const names = ["one", "two", "three", "four", "five"];
    studio.apps = names.map((name) => app(name));
    studio.spaces = names.map((name) => space(name, "late"));
    studio.profiles.push({ name: "late", Status: "InService" });
    await sweepStudio(inputs, passing());
    assert.ok(studio.apps.every(({ Status }) => Status === "Deleted"));
    assert.deepEqual(studio.spaces, []);
    assert.deepEqual(
      studio.profiles.map(({ name }) => name),
      ["ada", "grace"],
    );
    const last = (operation: string) => studio.calls.lastIndexOf(operation);
    assert.ok(last("DeleteApp") < studio.calls.indexOf("DeleteSpace"));
    assert.ok(last("DeleteSpace") < studio.calls.indexOf("DeleteUserProfile"));
    assert.equal(studio.calls.filter((one) => one === "DeleteApp").length, 5);
  });

  it("waits for apps that take 20 minutes, reporting every half minute, with one DeleteApp each", async () => {
    studio.appMinutes = 20;
    studio.apps = [app("one"), app("two", "Deleting"), app("three", "Pending")];
    studio.spaces = [space("one"), space("two"), space("three")];
    const time = fakeClock((minutes) => {
      studio.pass(minutes);
      if (minutes >= 1 && studio.apps[2]?.Status === "Pending") {
        studio.apps[2].Status = "InService";
      }
      if (minutes >= 15 && studio.apps[1]) {
        studio.apps[1].Status = "Deleted";
      }
    });
    await sweepStudio(inputs, time);
    assert.ok(time.now() >= 20 * 60_000 && time.now() < 25 * 60_000);
    assert.equal(studio.calls.filter((one) => one === "DeleteApp").length, 2);
    const waiting = time.said.filter((line) => line.startsWith("waiting for"));
    assert.ok(waiting.length >= 40, `${waiting.length} lines`);
    assert.match(waiting[0] ?? "", /users of Studio domain d-.*: JupyterLab app one\/default/);
  });

  it("does not delete apps that are Deleted or Failed", async () => {
    studio.apps = [app("one", "Deleted"), app("two", "Failed")];
    await sweepStudio(inputs, passing());
    assert.ok(!studio.calls.includes("DeleteApp"));
  });

  it("retries throttled requests", async () => {
    studio.apps = [app("one")];
    studio.spaces = [space("one")];
    studio.throttled = { ListApps: 2, DeleteApp: 1, DeleteSpace: 1 };
    await sweepStudio(inputs, passing());
    assert.deepEqual(studio.spaces, []);
  });

  it("retries DeleteSpace while a deleted app still holds the space", async () => {
    studio.apps = [app("one")];
    studio.spaces = [space("one")];
    studio.holdMinutes = 3;
    const time = passing();
    await sweepStudio(inputs, time);
    assert.deepEqual(studio.spaces, []);
    assert.ok(studio.refused.includes("DeleteSpace ResourceInUse"), studio.refused.join(", "));
    assert.ok(time.now() >= 3 * 60_000);
  });

  it("ignores an app that has already been deleted", async () => {
    studio.apps = [app("one")];
    studio.over = { DeleteApp: "App arn:aws:sagemaker:x has already been deleted" };
    await sweepStudio(inputs, passing());
    assert.deepEqual(studio.refused, ["DeleteApp ValidationException"]);
  });

  it("fails on any other validation error", async () => {
    studio.apps = [app("one")];
    studio.over = { DeleteApp: "1 validation error detected" };
    await assert.rejects(
      sweepStudio(inputs, passing()),
      /JupyterLab app one\/default cannot be deleted: 1 validation error detected/,
    );
  });

  it("does nothing when the domain is gone", async () => {
    studio.apps = [app("one")];
    const time = passing();
    await sweepStudio({ ...inputs, domainId: "d-000000000000" }, time);
    assert.deepEqual(time.said, []);
    assert.equal(time.now(), 0);
  });

  it("fails after 45 minutes, naming what is left and what to do", async () => {
    studio.appMinutes = 600;
    studio.apps = [app("one")];
    await assert.rejects(
      sweepStudio(inputs, passing()),
      /still there after 45 minutes, created by users of Studio domain d-0123456789ab: JupyterLab app one\/default\. Run the destroy again/,
    );
  });

  describe("before people are removed", () => {
    const review = (ownProfiles: readonly string[], given: Partial<SweepStudioInputs> = {}) =>
      action.review?.(inputs, { ...inputs, userPoolId: "eu-west-3_Pool", ...given, ownProfiles });

    it("refuses people with spaces or apps, with the commands, and deletes nothing", async () => {
      studio.apps = ["hers", "his", "her-failed"].map((name) => app(name));
      studio.apps[2]!.Status = "Failed";
      studio.spaces = [space("hers", "grace"), space("his", "ada"), space("her-failed", "grace")];
      await assert.rejects(
        async () => review(["ada"]),
        ({ message, stack }: Error) => {
          assert.equal(
            message,
            [
              "grace cannot be removed from users while there are apps or spaces of theirs in Studio; nothing was removed.",
              "No new login, from now on:",
              "    aws cognito-idp admin-disable-user --user-pool-id eu-west-3_Pool --username grace --region eu-west-3",
              "Delete apps, then, some minutes later, spaces. Their disks are deleted with them:",
              `    aws sagemaker delete-app --domain-id ${DOMAIN} --space-name hers --app-type JupyterLab --app-name default --region eu-west-3`,
              `    aws sagemaker delete-space --domain-id ${DOMAIN} --space-name hers --region eu-west-3`,
              `    aws sagemaker delete-space --domain-id ${DOMAIN} --space-name her-failed --region eu-west-3`,
              "Then run `pulumi up` again.",
            ].join("\n"),
          );
          assert.equal(stack, message);
          return true;
        },
      );
      assert.deepEqual([...new Set(studio.calls)].sort(), ["ListApps", "ListSpaces"]);
    });

    it("refuses apps without a space, as older kinds have", async () => {
      studio.apps = [{ ...app(""), UserProfileName: "grace" }];
      delete (studio.apps[0] as { SpaceName?: string }).SpaceName;
      await assert.rejects(
        async () => review(["ada"]),
        /delete-app --domain-id d-0123456789ab --user-profile-name grace /,
      );
    });

    it("admits people without spaces, new people, and any other change, which asks AWS nothing", async () => {
      studio.spaces = [space("his", "ada")];
      await review(["ada"]);
      studio.calls.length = 0;
      await review(["ada", "grace", "mary"], { sweepUserJobs: true, domainId: "unknown" });
      assert.deepEqual(studio.calls, []);
    });

    it("refuses while AWS does not tell", async () => {
      studio.throttled = { ListSpaces: 99 };
      await assert.rejects(async () => review(["ada"]), /ThrottlingException/);
    });
  });

  describe("with jobs and endpoints of users", () => {
    beforeEach(() => {
      const job = (name: string, domainArn: string | undefined) => ({
        name,
        domainArn,
        running: true,
        arn: `arn:aws:sagemaker:eu-west-3:123456789012:x/${name}`,
      });
      const three = (kind: string) => [
        job(`${kind}-ours`, ARN),
        job(`${kind}-theirs`, OTHER),
        job(`${kind}-nobodys`, undefined),
      ];
      studio.endpoints = three("endpoint");
      for (const kind of JOB_KINDS) {
        studio.jobs[kind] = three(kind.toLowerCase());
      }
    });
    const running = () =>
      [...studio.endpoints, ...Object.values(studio.jobs).flat()]
        .filter((one) => one.running)
        .map(({ name }) => name);

    it("only prints the command that stops each job of this domain by default", async () => {
      const time = passing();
      await sweepStudio(inputs, time);
      assert.equal(running().length, 15);
      assert.equal(time.said.length, 5);
      assert.match(
        time.said.join("\n"),
        /endpoint endpoint-ours, .* keeps running and costs money; stop it: aws sagemaker delete-endpoint --endpoint-name endpoint-ours/,
      );
      assert.doesNotMatch(time.said.join("\n"), /theirs|nobodys/);
    });

    it("waits for an endpoint that is being created, and ignores one that disappears", async () => {
      const [ours, theirs] = studio.endpoints;
      assert.ok(ours && theirs);
      ours.Status = "Creating";
      const time = fakeClock((minutes) => {
        studio.pass(minutes);
        ours.Status = minutes >= 2 ? "InService" : "Creating";
      });
      studio.vanishing = theirs.arn;
      studio.over = {
        StopTrainingJob:
          "The request was rejected because the training job is in status Completed.",
      };
      await sweepStudio({ ...inputs, sweepUserJobs: true }, time);
      assert.ok(!ours.running);
      assert.ok(!studio.refused.includes("DeleteEndpoint ValidationException"));
      assert.ok(studio.refused.includes("StopTrainingJob ValidationException"));
      assert.ok(studio.refused.includes("ListTags ValidationException"));
    });

    it("stops only this domain's jobs when sweepUserJobs is true", async () => {
      await sweepStudio({ ...inputs, sweepUserJobs: true }, passing());
      assert.equal(running().length, 10);
      assert.ok(running().every((name) => !name.endsWith("-ours")));
    });

    it("always stops the workload's own jobs, and no neighbour's", async () => {
      const job = (name: string) => ({
        name,
        arn: `${name}-arn`,
        domainArn: undefined,
        running: true,
      });
      const [own, other] = [job("ml-platform-0a1b2c3d-ada-1"), job("ml-platform-ffffffff-ada-1")];
      studio.jobs.Training.push(own, other);
      const time = passing();
      await sweepStudio({ ...inputs, workloadPrefix: "ml-platform-0a1b2c3d-" }, time);
      assert.deepEqual([own.running, other.running], [false, true]);
      assert.ok(running().some((name) => name.endsWith("-ours")));
      assert.ok(!time.said.some((line) => line.startsWith("warning") && line.includes(own.name)));
    });

    it("stops a tuning job before the training jobs that it has started", async () => {
      const job = (name: string) => ({
        name,
        arn: `${name}-arn`,
        domainArn: undefined,
        running: true,
      });
      const tuning = job("ml-platform-0a1b2c3d-0abcdtp9k2f");
      const trial = job(`${tuning.name}-001-0a1b2c3d`);
      const other = job("ml-platform-ffffffff-0abcdtp9k2f");
      studio.jobs.HyperParameterTuning.push(tuning, other);
      studio.jobs.Training.push(trial);
      await sweepStudio({ ...inputs, workloadPrefix: "ml-platform-0a1b2c3d-" }, passing());
      assert.deepEqual([tuning.running, trial.running, other.running], [false, false, true]);
      assert.deepEqual(
        studio.calls.filter((name) => name.startsWith("Stop")),
        ["StopHyperParameterTuningJob", "StopTrainingJob"],
      );
    });
  });
});
