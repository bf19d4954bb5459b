import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors";
import { pricedRegions } from "../../../cost/price-book";
import { loadSettings } from "../../../settings";
import { TARGET_PROFILES } from "../../../settings/targets";
import { SHARED_SETTINGS, TARGET_NAMES, type TargetName, ZONES } from "../../../settings/shared";
import { SettingsError } from "../../../settings/contract";
import { flatten } from "../../../settings/schema/setting";
import { config } from "../../support/declared";
import { TODAY } from "../../support/resources";
import { fault, type Overrides, settings, warnings } from "../../support/settings";

describe("settings", () => {
  it("require target, region, owner, networks and people, and default the rest", () => {
    const loaded = settings();
    assert.equal(loaded.target, "ec2");
    assert.equal(loaded.lifecycle, "experiment");
    assert.equal(loaded.network.cidr, "10.0.0.0/16");
    assert.equal("nodes" in loaded && loaded.nodes.count, 3);
    for (const key of ["target", "aws:region", "owner", "allowedCidrs", "users"]) {
      assert.match(fault({ [key]: undefined }), new RegExp(`${key} must be .*; it is not set`));
    }
  });

  it("report all faults at once, each with allowed, got and a fix command", () => {
    const text = fault({
      owner: undefined,
      "network.zones": "9",
      "database.multiAz": "yes",
      "nodes.cuont": "3",
    });
    assert.match(text, /^the settings of stack "test" cannot be used:/);
    assert.match(text, /owner must be .*; it is not set\n +pulumi config set owner ml-team/);
    assert.match(text, /network\.zones must be a whole number from 2 to 4 \(zone\); got "9"/);
    assert.match(text, /database\.multiAz must be true or false; got "yes"/);
    assert.match(text, /"nodes\.cuont" is not a setting.*nearest known name is nodes\.count/);
    assert.match(text, /pulumi config rm nodes\.cuont/);
  });

  it("throw an error that Pulumi shows without a stack trace", () => {
    assert.ok(new SettingsError("x") instanceof RunError);
  });

  it("ignore configuration of providers and refuse an encrypted setting", () => {
    assert.equal(settings({ "aws:profile": "team", "pulumi:disable": "x" }).target, "ec2");
    const source = { ...config(), "ml-platform:owner": undefined };
    assert.throws(() => loadSettings("test", source, TODAY), /owner must be readable.*encrypted/);
  });

  it("do not report settings as unknown when the target is wrong", () => {
    // Names that every object has are no targets either.
    for (const target of ["ecs", "constructor", "__proto__", ""]) {
      const text = fault({ target, "nodes.count": "4" });
      assert.match(text, new RegExp(`target must be one of ec2, eks, sagemaker; got "${target}"`));
      assert.doesNotMatch(text, /nodes\.count/);
    }
  });

  it("have one entry per setting, with a description and a valid example", () => {
    for (const target of TARGET_NAMES) {
      const trees = [SHARED_SETTINGS, TARGET_PROFILES[target].settings];
      for (const { path, setting } of trees.flatMap((tree) => flatten(tree))) {
        assert.match(setting.doc, /\.$/, path);
        const range = /^nodes\.m(in|ax)$/.test(path) && { "nodes.min": "1", "nodes.max": "6" };
        if (!/^"|^--path|^TARGET$/.test(setting.example)) {
          const key = path === "region" ? "aws:region" : path;
          settings({ target, ...range, [key]: setting.example });
        }
      }
    }
  });
});

describe("numeric settings", () => {
  type Ranges = Readonly<Record<string, readonly [number, number]>>;
  const SHARED: Ranges = {
    "network.zones": [2, 4],
    "notebooks.homeGib": [5, 16384],
    "notebooks.idleMinutes": [60, 525600],
    "bucket.noncurrentDays": [1, 3650],
    "database.storageGib": [20, 65536],
    "database.backupRetentionDays": [0, 35],
  };
  const RANGES: Readonly<Record<TargetName, Ranges>> = {
    ec2: {
      ...SHARED,
      "kubernetes.readyMinutes": [0, 60],
      "nodes.count": [2, 50],
      "nodes.diskGib": [30, 16384],
    },
    eks: {
      ...SHARED,
      "kubernetes.readyMinutes": [0, 60],
      "nodes.count": [1, 450],
      "nodes.min": [1, 450],
      "nodes.max": [1, 450],
      "gpu.max": [0, 450],
      "nodes.diskGib": [30, 16384],
    },
    sagemaker: {
      ...SHARED,
      "studio.maxSpaceGib": [5, 16384],
    },
  };
  /** Overrides of a setting, and of those that must change with it so that its whole range is valid. */
  const together = (target: TargetName, path: string, value: string): Overrides => ({
    ...(/^nodes\.m(in|ax)$/.test(path) && {
      "nodes.count": value,
      "nodes.min": value,
      "nodes.max": value,
    }),
    ...(path === "gpu.max" && { "serving.triton": "true" }),
    // A single node has no room for larger ones beside the cluster's own pods.
    ...(path.startsWith("nodes.") && target !== "sagemaker" && { "notebooks.sizes": "1x1" }),
    ...(path === "network.zones" && { "aws:region": "us-east-1" }),
    ...(target === "sagemaker" && path === "notebooks.homeGib" && { "studio.maxSpaceGib": value }),
    ...(path === "studio.maxSpaceGib" && { "notebooks.homeGib": "5" }),
    [path]: value,
  });
  for (const target of TARGET_NAMES) {
    for (const [path, [min, max]] of Object.entries(RANGES[target])) {
      it(`of ${target}: ${path} accepts ${min} to ${max} only`, () => {
        settings({ target, ...together(target, path, String(min)) });
        settings({ target, ...together(target, path, String(max)) });
        for (const bad of [String(min - 1), String(max + 1), "", "2.5", "1e1", " "]) {
          const text = fault({ target, [path]: bad });
          assert.match(text, new RegExp(`from ${min} to ${max}.*; got "${bad}"`));
        }
      });
    }

    it(`of ${target} are all in the list above`, () => {
      const numeric = [SHARED_SETTINGS, TARGET_PROFILES[target].settings]
        .flatMap((tree) => flatten(tree))
        .filter(({ setting }) => setting.allowed.startsWith("a whole number"));
      assert.deepEqual(numeric.map(({ path }) => path).sort(), Object.keys(RANGES[target]).sort());
      for (const { path, setting } of numeric) {
        assert.notEqual(setting.unit ?? "", "", path);
      }
    });
  }
});

describe("allowedCidrs", () => {
  it("accepts a list or comma-separated text", () => {
    assert.deepEqual(settings({ allowedCidrs: '["81.2.69.160/27"]' }).allowedCidrs, [
      "81.2.69.160/27",
    ]);
    assert.deepEqual(settings({ allowedCidrs: "81.2.69.160/27, 81.2.70.1/32" }).allowedCidrs, [
      "81.2.69.160/27",
      "81.2.70.1/32",
    ]);
  });

  it("accepts prefix /8 and refuses shorter ones", () => {
    settings({ allowedCidrs: "80.0.0.0/8" });
    assert.match(fault({ allowedCidrs: "80.0.0.0/7" }), /lets 33554432 addresses in/);
    assert.match(fault({ allowedCidrs: "0.0.0.0/0" }), /"0\.0\.0\.0\/0" lets 4294967296/);
    assert.match(fault({ allowedCidrs: "0.0.0.0/1,128.0.0.0/1" }), /128\.0\.0\.0\/1/);
  });

  it("refuses IPv6, host bits, nonsense, an empty list and more than 20", () => {
    assert.match(fault({ allowedCidrs: "::/0" }), /IPv6/);
    assert.match(fault({ allowedCidrs: '{"a":"b"}' }), /in a list .*; got "\{"a":"b"\}"/);
    assert.match(fault({ allowedCidrs: "a:b" }), /"a:b" is not an IPv4 network/);
    assert.match(fault({ allowedCidrs: "81.0.0.0/08" }), /"81\.0\.0\.0\/08" is not an IPv4/);
    assert.match(fault({ allowedCidrs: "81.2.69.161/27" }), /write 81\.2\.69\.160\/27/);
    for (const bad of ["[]", "[1]", "everyone", "[", '["81.2.69.160/27", null]']) {
      fault({ allowedCidrs: bad });
    }
    const many = Array.from({ length: 21 }, (_, index) => `81.2.69.${index}/32`);
    settings({ allowedCidrs: many.slice(0, 20).join(",") });
    fault({ allowedCidrs: many.join(",") });
  });
});

describe("users", () => {
  const ada = { name: "ada", email: "ada@your-company.com", group: "ml-admins" };
  const users = (...entries: unknown[]): Overrides => ({ users: JSON.stringify(entries) });

  it("accepts names that every service accepts, up to 32 characters", () => {
    for (const name of ["a", "ada-2", "a".repeat(32)]) {
      settings(users({ ...ada, name }));
    }
    for (const name of ["", "Ada", "2ada", "ada-", "a--b", "a_b", "a".repeat(33), 7]) {
      assert.match(fault(users({ ...ada, name })), /users\[0\]\.name must be/, String(name));
    }
    // Names of the database, and the two that PostgreSQL reserves.
    for (const name of "jupyterhub katib none platform postgres public rdsadmin".split(" ")) {
      assert.match(fault(users({ ...ada, name })), new RegExp(`not be .*${name}.*; got "${name}"`));
    }
  });

  it("names missing, wrong and unknown fields of each entry", () => {
    const text = fault(users({ name: "ada" }, { ...ada, group: "admins", team: "x" }, "grace"));
    assert.match(text, /users\[0\]\.email must be an e-mail address; it is not set/);
    assert.match(text, /users\[0\]\.group must be one of ml-admins, ml-users; it is not set/);
    assert.match(text, /users\[1\]\.group must be one of .*; got "admins"/);
    assert.match(text, /users\[1\] must have name, email and group only; got "team"/);
    assert.match(text, /users\[2\] must have name, email and group; got "grace"/);
  });

  it("refuses duplicate names and addresses", () => {
    const text = fault(users(ada, { ...ada, email: "ADA@your-company.com" }));
    assert.match(text, /users\[0\] and users\[1\] have the same name "ada"/);
    assert.match(text, /users\[0\] and users\[1\] have the same email "ada@your-company.com"/);
    assert.doesNotMatch(fault(users(ada, { ...ada, name: "grace" })), /the same name/);
  });

  it("accepts 1 to 200 people", () => {
    const crowd = Array.from({ length: 201 }, (_, index) => ({
      ...ada,
      name: `p${index}`,
      email: `p${index}@your-company.com`,
    }));
    settings(users(...crowd.slice(0, 200)));
    assert.match(fault(users(...crowd)), /200 users at most; users\[200\] is one more/);
    fault(users());
    fault({ users: "ada" });
    fault({ users: '{"name":"ada"}' });
  });
});

describe("cross-checks of settings", () => {
  it("refuse overlapping networks, naming each pair", () => {
    const text = fault({
      "network.cidr": "10.244.0.0/16",
      "kubernetes.serviceCidr": "10.244.128.0/20",
    });
    assert.match(text, /network\.cidr and kubernetes\.podCidr must not overlap/);
    assert.match(text, /network\.cidr and kubernetes\.serviceCidr must not overlap/);
    assert.match(text, /kubernetes\.podCidr and kubernetes\.serviceCidr must not overlap/);
  });

  it("refuse a pod network without a /24 for each machine and its replacement", () => {
    settings({ "kubernetes.podCidr": "10.244.0.0/20", "nodes.count": "8" });
    assert.match(
      fault({ "kubernetes.podCidr": "10.244.0.0/20", "nodes.count": "9" }),
      /kubernetes\.podCidr must be \/19 or larger, so that each of nodes\.count \(9\) .* got "10\.244\.0\.0\/20"/,
    );
    settings({ "kubernetes.podCidr": "10.244.0.0/17", "nodes.count": "50" });
    assert.match(
      fault({ "kubernetes.podCidr": "10.244.0.0/18", "nodes.count": "50" }),
      /must be \/17/,
    );
  });

  it("refuse subnets without an address for each machine and its replacement", () => {
    const small = { "network.cidr": "10.0.1.0/24" };
    // Subnets of 32 addresses, 27 of them usable: 12 machines in each zone, twice, and two more.
    settings({ ...small, "nodes.count": "24" });
    const text = fault({ ...small, "nodes.count": "25" });
    assert.match(
      text,
      /network\.cidr must be \/23 or larger, or nodes\.count 24 or less, .*; got "10\.0\.1\.0\/24" and 25\n/,
    );
    assert.match(text, /pulumi config set network\.cidr 10\.0\.0\.0\/23 /);
    settings({ ...small, "network.zones": "3", "nodes.count": "36" });
    assert.match(
      fault({ ...small, "network.zones": "3", "nodes.count": "37" }),
      /nodes\.count 36 or less/,
    );
    settings({ "network.cidr": "10.0.0.0/23", "nodes.count": "50" });
  });

  it("refuse more zones than the region has, without asking AWS", () => {
    const zones = (region: string, count: number): Overrides => ({
      "aws:region": region,
      "network.zones": String(count),
    });
    settings(zones("eu-west-3", 3));
    assert.match(
      fault(zones("eu-west-3", 4)),
      /network\.zones must be 3 or less in eu-west-3, .*; got 4\n +pulumi config set network\.zones 3 /,
    );
    settings(zones("us-east-1", 4));
    settings(zones("me-south-1", 4));
    assert.deepEqual(Object.keys(ZONES).sort(), pricedRegions());
  });

  it("refuse public, odd and oversized networks", () => {
    for (const bad of ["8.8.0.0/16", "10.0.0.0/15", "10.0.0.1/16", "172.32.0.0/16", "x"]) {
      assert.match(fault({ "network.cidr": bad }), /network\.cidr must be/, bad);
    }
    settings({ "network.cidr": "172.31.0.0/16" });
    settings({ "network.cidr": "192.168.0.0/16" });
  });

  it("refuse an unknown instance type, naming the nearest", () => {
    assert.match(fault({ "nodes.instanceType": "t3.lrage" }), /nearest known name is t3\.large/);
    assert.match(
      fault({ "database.instanceClass": "db.t4g.mcro" }),
      /nearest known name is db\.t4g\.micro/,
    );
    fault({ "database.instanceClass": "t4g.micro" });
  });

  it("refuse a type of another architecture or too small", () => {
    const arm = { "nodes.instanceType": "t4g.large" };
    assert.match(fault(arm), /type of nodes\.architecture \(amd64\); got "t4g\.large", .*arm64/);
    settings({ ...arm, "nodes.architecture": "arm64" });
    assert.match(fault({ "nodes.instanceType": "t3.small" }), /2 vCPUs and 4 GiB or more/);
    settings({ "nodes.instanceType": "t3.medium", "notebooks.sizes": "1x2" });
  });

  it("warn only of a kept stack with a single-zone database", () => {
    assert.match(warnings({ lifecycle: "keep" })[0] ?? "", /single zone/);
    for (const [renew, replaced] of [
      ["controlPlane", /replaces the control plane/],
      ["workers", /replaces the workers, one after the other/],
      ["all", /replaces every machine/],
    ] as const) {
      assert.match(warnings({ "nodes.renew": renew })[0] ?? "", replaced);
    }
    assert.deepEqual(warnings({ "nodes.renew": "none" }), []);
    assert.deepEqual(warnings({ lifecycle: "keep", "database.multiAz": "true" }), []);
    // On its way out it needs no standby any more.
    assert.deepEqual(warnings({ lifecycle: "retire" }), []);
    assert.deepEqual(warnings({}), []);
  });

  it("are skipped while a setting they read is invalid", () => {
    const text = fault({ "network.cidr": "nonsense", "kubernetes.podCidr": "10.0.0.0/16" });
    assert.doesNotMatch(text, /overlap/);
  });
});
