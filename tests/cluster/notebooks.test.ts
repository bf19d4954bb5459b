import assert from "node:assert/strict";
import { LOCAL_URL } from "../../components/ml/notebooks/notebooks";
import { PEOPLE } from "../support/notebooks";
import { Lab, until } from "./lab";
import { hasNotebooks, NotebooksLab, URL } from "./notebooks-lab";

/*
 * Notebooks on a real cluster, from the resources that the program declares. People log in through the
 * whole flow. They work with kernels over WebSockets, each in their own namespace and with their own
 * rights.
 *
 *   K8S_LAB=<a program that creates machines, see lab.ts> npm run test:cluster
 *
 * Needs root and ten minutes. K8S_LAB_KEEP=1 keeps the machines for inspection. JUPYTERHUB_CHART names
 * the chart's folder or archive, and HELM the program that renders it. Without them
 * `tests/notebooks/chart` creates hub and proxy from the same values.
 */
const PROGRAM = process.env["K8S_LAB"];
const LONG = { idleMinutes: 30 };
const SHORT = { idleMinutes: 1.5 };
const [ADA, GRACE] = PEOPLE;

describe("notebooks on a cluster", function () {
  this.timeout(900_000);
  const lab = new Lab(PROGRAM ?? "");
  const notebooks = new NotebooksLab(lab, PROGRAM ?? "");

  before(async function () {
    if (PROGRAM === undefined || !hasNotebooks()) {
      console.log("    skipped: K8S_LAB does not name the lab's program, or it has no notebooks");
      this.skip();
    }
    notebooks.up();
    notebooks.seed();
    notebooks.seedWorkload();
    await notebooks.apply(LONG);
  });

  after(() => {
    if (PROGRAM !== undefined && hasNotebooks() && process.env["K8S_LAB_KEEP"] === undefined) {
      lab.down();
    }
  });

  for (const { name } of PEOPLE) {
    it(`let ${name} work with their own rights, in their own namespace`, () => {
      const { event, printed = "" } = notebooks.act("work", name);
      assert.equal(event?.ready, true, event?.message);
      for (const line of [
        `account: system:serviceaccount:user-${name}:notebook ['sts.amazonaws.com']`,
        `role: arn:aws:sts::123456789012:assumed-role/${name}/${name}`,
        "bucket: a note",
        `row: ('${name}', 'a row')`,
        "tls: (True,)",
        "as another: refused OperationalError",
        "the hub's database: refused OperationalError",
        "kubernetes token: False",
        `kept: ${name} True`,
      ]) {
        assert.ok(printed.includes(line), `${line}\n\nnot in\n\n${printed}`);
      }
    });
  }

  it("run the workload as a Job, with the person's rights and measured times", async () => {
    const { end, steps } = await notebooks.workload(GRACE.name, "run1");
    assert.equal(end.kind, "done", JSON.stringify({ end, steps }));
    const { asked, placed, ended, billedSeconds, machine } = end.times;
    assert.ok(asked <= placed && placed < ended && billedSeconds > 0);
    assert.equal(machine.kind, "share");
    assert.ok(machine.vcpus > 0 && machine.gib > 0);
    const metrics = notebooks.metrics(GRACE.name, "run1");
    assert.equal(metrics.run, "run1");
    assert.ok(metrics.accuracy > 0.9, String(metrics.accuracy));
    for (const phase of ["data", "training", "database"]) {
      assert.ok((metrics.seconds[phase] ?? 0) > 0, phase);
    }
  });

  it("leave nothing of a run that is stopped, and the next run does its work", async () => {
    const { end, steps } = await notebooks.workload(GRACE.name, "run2", /^(queue|start)/);
    assert.deepEqual(end, { kind: "stopped" }, steps.join("\n"));
    const jobs = ["get", "jobs,pods", "-l", "ml-platform/run=run2", "-o", "name"];
    await until("the end of run2", 60, () =>
      lab.kubectl("-n", "user-grace", ...jobs).trim() === "" ? true : undefined,
    );
    assert.equal((await notebooks.workload(GRACE.name, "run3")).end.kind, "done");
  });

  it("tune as a Job of workers that share a study, also when one of them is lost", async () => {
    const namespace = ["-n", `user-${GRACE.name}`];
    const workers = [...namespace, "pods", "-l", "ml-platform/run=tune1"];
    let lost = "";
    const { end, steps } = await notebooks.tune(
      GRACE.name,
      "tune1",
      { trials: 6, parallel: 3 },
      (step) => {
        if (lost !== "" || !step.startsWith("tuning: ")) return;
        [lost = ""] = lab.kubectl("get", ...workers, "-o", "name").split("\n");
        lab.kubectl(...namespace, "delete", lost, "--grace-period=0", "--force", "--wait=false");
      },
    );
    assert.equal(end.kind, "done", JSON.stringify({ end, steps }));
    assert.match(lost, /tuning-tune1-\d-/);
    assert.ok(end.times.billedSeconds > 0 && end.times.asked <= end.times.placed);
    const all = notebooks.trials(GRACE.name, "tune1");
    const complete = all.filter(({ state }) => state === "complete");
    assert.ok(complete.length >= 6 && complete.length <= 8, JSON.stringify(all));
    assert.ok(complete.every(({ value }) => (value ?? 0) > 0.5));
    assert.match(steps.join("\n"), /^tuning: \d of 6 trials, best accuracy 0\.\d{4}$/m);
  });

  it("run as nobody special", () => {
    const container = notebooks.server(GRACE.name, ".spec.containers[0].securityContext");
    assert.match(container, /"drop":\["ALL"\]/);
    assert.match(container, /"runAsNonRoot":true/);
    assert.match(notebooks.server(GRACE.name, ".spec.securityContext"), /"fsGroup":100/);
  });

  it("keep people out of each other's servers, administrators too", () => {
    const closed = { page: 403, kernels: 403, token: 403 };
    const visit = (who: string, whose: string) =>
      notebooks.act("visit", who, whose) as Readonly<Record<string, unknown>>;
    const person = visit(GRACE.name, ADA.name);
    assert.deepEqual({ ...person, ...closed, users: 403, "admin page": 403 }, person);
    const admin = visit(ADA.name, GRACE.name);
    assert.deepEqual({ ...admin, ...closed, users: ["ada", "grace"], "admin page": 200 }, admin);
  });

  it("refuse who is in no group, not among the people, or not in the pool", () => {
    const carol = notebooks.act("come_in", "carol");
    assert.equal(carol.status, 403);
    const dave = notebooks.act("come_in", "dave");
    assert.equal(dave.status, 403);
    assert.match(dave.text ?? "", /dave.*is not among the people of this platform/);
    const mallory = notebooks.act("come_in", "mallory");
    assert.equal(mallory.status, 401);
    assert.match(mallory.url ?? "", /amazoncognito/);
  });

  it("refuse a changed state, a login of another browser, a made-up code or token", () => {
    assert.deepEqual(notebooks.act("forge", GRACE.name), {
      pkce: "S256",
      "changed state": 400,
      "another browser": 400,
      "made-up code": 400,
      "made-up token": 403,
    });
  });

  it("end the session at the pool with that at the hub", () => {
    const { hops = [], status } = notebooks.act("leave", GRACE.name);
    assert.match(hops[0] ?? "", /amazoncognito\.com\/logout\?client_id=/);
    assert.equal(hops[1], `${URL}/`);
    assert.equal(status, 401); // at the pool's login page
  });

  it("leave no connection of a login open", () => {
    notebooks.act("running", GRACE.name);
    assert.equal(notebooks.connectionsToPool(), 0);
  });

  it("go on while the hub starts again", async () => {
    const before = notebooks.server(ADA.name, ".metadata.uid");
    lab.kubectl("-n", "jupyterhub", "rollout", "restart", "deployment/hub");
    lab.kubectl("-n", "jupyterhub", "rollout", "status", "deployment/hub", "--timeout", "120s");
    await notebooks.answers();
    assert.equal(notebooks.act("running", ADA.name).running, true);
    assert.equal(notebooks.server(ADA.name, ".metadata.uid"), before);
    assert.match(notebooks.act("work", ADA.name).printed ?? "", /row: \('ada', 'a row'\)/);
  });

  it("are ended by administrators, and by nobody else", () => {
    assert.equal(notebooks.act("end", GRACE.name, ADA.name).status, 404);
    assert.equal(notebooks.act("end", ADA.name, GRACE.name).status, 204);
    assert.equal(notebooks.server(GRACE.name, ".metadata.name"), "");
  });

  it("start with the first size where the one chosen before is gone", async () => {
    assert.equal(notebooks.act("start", GRACE.name, "large").ready, true);
    assert.match(notebooks.server(GRACE.name, ".spec.containers[0].resources"), /"cpu":"2"/);
    notebooks.act("stop", GRACE.name);
    await notebooks.apply({ ...SHORT, sizes: [{ name: "small", vcpus: 1, memoryGib: 0.5 }] });
    const started = notebooks.act("start", GRACE.name);
    assert.equal(started.ready, true, started.message);
    assert.match(notebooks.server(GRACE.name, ".spec.containers[0].resources"), /"cpu":"1"/);
  });

  it("end when idle, with a tab open, and not while a kernel computes", () => {
    notebooks.act("compute", GRACE.name, "400");
    notebooks.act("start", ADA.name);
    const { seconds } = notebooks.act("wait", ADA.name, "240");
    assert.ok(seconds !== null && seconds !== undefined, "still there after four minutes");
    assert.ok(seconds < SHORT.idleMinutes * 60 + 60, `ended after ${seconds} s`);
    const log = lab.kubectl("-n", "jupyterhub", "logs", "deployment/hub", "--since", "10m");
    const idle = log.split("\n").filter((line) => line.includes("[idle]"));
    assert.equal(notebooks.act("running", GRACE.name).running, true, idle.join("\n"));
  });

  it("end with the person, who gets in nowhere then", async () => {
    notebooks.act("start", ADA.name);
    const outlast = notebooks.meanwhile("outlast", ADA.name, "120");
    notebooks.removeFromPool(ADA.name);
    await notebooks.apply({ ...LONG, users: [GRACE] });
    const { page, url } = await outlast;
    assert.equal(page, 401);
    assert.match(url ?? "", /amazoncognito/);
    const gone = ["wait", "-n", "user-ada", "--for", "delete", "pod/notebook", "--timeout", "60s"];
    lab.kubectl(...gone);
    const logs = ["logs", "-n", "jupyterhub", "-l", "app=database-setup", "-c", "set-up"];
    assert.match(lab.kubectl(...logs, "--tail=-1"), /ada can no longer log in/);
  });

  it("find their database as it should be when everything is made again", async () => {
    lab.kubectl("-n", "jupyterhub", "delete", "jobs,deployments", "--all", "--wait");
    await notebooks.apply({ ...LONG, users: [GRACE] });
    assert.match(notebooks.act("work", GRACE.name).printed ?? "", /row: \('grace', 'a row'\)/);
  });

  it("are reached by port-forward alone, without a front door", async () => {
    notebooks.act("stop", GRACE.name);
    await notebooks.apply({ ...LONG, url: LOCAL_URL, users: [GRACE] });
    const service = ["-n", "jupyterhub", "get", "service", "proxy-public"];
    assert.equal(lab.kubectl(...service, "-o", "jsonpath={.spec.type}"), "ClusterIP");
    await notebooks.forwarded(() => {
      const { printed = "" } = notebooks.act("work", GRACE.name);
      assert.match(printed, /role: \S+assumed-role\/grace\/grace\n/);
      assert.match(printed, /row: \('grace', 'a row'\)/);
      const { hops = [], status } = notebooks.act("leave", GRACE.name);
      assert.equal(hops[1], `${LOCAL_URL}/`);
      assert.equal(status, 401); // at the pool's login page
    });
  });
});
