import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { zonesFor, type ZoneNeeds } from "../../components/zones";
import { STACK } from "../support/declared";

/** Offers of AWS in a region of these tests. */
interface Region {
  /** Id of each zone, by its name. */
  readonly zones: Readonly<Record<string, string>>;
  /** Ids of zones, by instance type. */
  readonly types: Readonly<Record<string, readonly string[]>>;
  /** Names of zones, by class of database. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
}

/** As in an account whose names are others' than those of the next: the zone that lacks much is the first. */
const VIRGINIA: Region = {
  zones: { "us-east-1c": "use1-az2", "us-east-1a": "use1-az3", "us-east-1b": "use1-az1" },
  types: {
    "t3.large": ["use1-az1", "use1-az2"],
    "g6.xlarge": ["use1-az2"],
    "m5.large": ["use1-az1", "use1-az2", "use1-az3"],
  },
  classes: {
    "db.t4g.micro": ["us-east-1a", "us-east-1b", "us-east-1c"],
    "db.m8g.large": ["us-east-1b", "us-east-1c"],
    "db.x2g.large": ["us-east-1c"],
  },
};

const NEEDS: ZoneNeeds = {
  region: "us-east-1",
  zones: 2,
  withoutZoneIds: [],
  instanceTypes: { "nodes.instanceType": "t3.large" },
  database: { instanceClass: "db.t4g.micro", multiAz: false },
};

interface Asked {
  readonly filters?: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly locationType?: string;
  readonly excludeZoneIds?: readonly string[];
  readonly preferredInstanceClasses?: readonly string[];
}

/** Types of a stack whose nodes have this one. */
function nodes(type: string): ZoneNeeds["instanceTypes"] {
  return { "nodes.instanceType": type };
}

/** Answer of a region to a look-up, like AWS's. */
function answer(region: Region, token: string, asked: Asked): object {
  if (token.endsWith(":getAvailabilityZones")) {
    const left = Object.entries(region.zones).filter(
      ([, id]) => asked.excludeZoneIds?.includes(id) !== true,
    );
    return { names: left.map(([name]) => name), zoneIds: left.map(([, id]) => id) };
  }
  if (token.endsWith(":getInstanceTypeOfferings")) {
    assert.equal(asked.locationType, "availability-zone-id");
    const [type = ""] = asked.filters?.find(({ name }) => name === "instance-type")?.values ?? [];
    return { locations: region.types[type] ?? [] };
  }
  const availabilityZones = region.classes[asked.preferredInstanceClasses?.[0] ?? ""];
  if (availabilityZones === undefined) {
    throw new Error("no RDS DB Instance Options found matching criteria");
  }
  return { availabilityZones };
}

/** The zones that a stack with these needs gets. */
async function zones(needs: Partial<ZoneNeeds>, preview = false): Promise<string[]> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
      call: ({ token, inputs }) => answer(VIRGINIA, token, inputs as Asked),
    },
    "ml-platform",
    STACK,
    preview,
  );
  const lookups = new aws.Provider("lookups", { region: NEEDS.region });
  const output = zonesFor({ ...NEEDS, ...needs }, lookups) as unknown as {
    promise(): Promise<string[]>;
  };
  return output.promise();
}

describe("availability zones of a stack", () => {
  for (const preview of [true, false]) {
    it(`are those that offer the instance type, not the first, preview ${String(preview)}`, async () => {
      assert.deepEqual(await zones({}, preview), ["us-east-1b", "us-east-1c"]);
    });
  }

  it("are in alphabetical order where every one will do", async () => {
    const all = ["us-east-1a", "us-east-1b", "us-east-1c"];
    assert.deepEqual(await zones({ instanceTypes: nodes("m5.large") }), all);
    assert.deepEqual(await zones({ instanceTypes: {} }), all);
  });

  it("leave out those that AWS's documentation excludes", async () => {
    const needs = { instanceTypes: nodes("m5.large"), withoutZoneIds: ["use1-az1"] };
    assert.deepEqual(await zones(needs), ["us-east-1a", "us-east-1c"]);
  });

  it("begin with those that have the class of the database, too", async () => {
    const database = { instanceClass: "db.m8g.large", multiAz: true };
    const needs = { instanceTypes: nodes("m5.large"), database };
    assert.deepEqual(await zones(needs), ["us-east-1b", "us-east-1c", "us-east-1a"]);
  });

  it("are refused with their list where too few offer the instance type", async () => {
    await assert.rejects(zones({ zones: 3 }), {
      message:
        "network.zones must be 2 or less, as many zones of us-east-1 as offer nodes.instanceType t3.large: " +
        "us-east-1b (use1-az1), us-east-1c (use1-az2); got 3\n" +
        "    pulumi config set network.zones 2 --stack test",
    });
    await assert.rejects(
      zones({ instanceTypes: nodes("g6.xlarge") }),
      /nodes\.instanceType g6\.xlarge: us-east-1c \(use1-az2\); got 2\n +pulumi config set nodes\.instanceType TYPE/,
    );
  });

  it("offer the type with a GPU, too", async () => {
    const types = (gpu: string, zones = 1): Partial<ZoneNeeds> => ({
      instanceTypes: { ...nodes("t3.large"), "gpu.instanceType": gpu },
      zones,
    });
    assert.deepEqual(await zones(types("g6.xlarge")), ["us-east-1c"]);
    assert.deepEqual(await zones(types("m5.large", 2)), ["us-east-1b", "us-east-1c"]);
    await assert.rejects(
      zones(types("g6.xlarge", 2)),
      /must be 1 or less, as many zones of us-east-1 as offer gpu\.instanceType g6\.xlarge and nodes\.instanceType t3\.large: us-east-1c \(use1-az2\); got 2\n +pulumi config set gpu\.instanceType TYPE/,
    );
    await assert.rejects(
      zones(types("m5.large", 3)),
      /as offer nodes\.instanceType t3\.large: .*\n +pulumi config set network\.zones 2/,
    );
  });

  it("are refused with their list where the region has fewer", async () => {
    await assert.rejects(
      zones({ instanceTypes: nodes("m5.large"), zones: 4 }),
      /network\.zones must be 3 or less, as many zones as the region has for this target: us-east-1a .*zones 3 --stack test/s,
    );
  });

  it("are refused where too few have the class of the database for a standby", async () => {
    const database = { instanceClass: "db.x2g.large", multiAz: true };
    await assert.rejects(
      zones({ database }),
      /database\.instanceClass must be one that 2 of the zones us-east-1b \(use1-az1\), us-east-1c \(use1-az2\) offer; got db\.x2g\.large, offered in: us-east-1c/,
    );
    const alone = { database: { ...database, multiAz: false } };
    assert.deepEqual(await zones(alone), ["us-east-1c", "us-east-1b"]);
  });

  it("are any where AWS does not tell which have the class of the database", async () => {
    const database = { instanceClass: "db.unknown", multiAz: true };
    assert.deepEqual(await zones({ database }), ["us-east-1b", "us-east-1c"]);
  });
});
