import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CostError } from "../../../cost/cost-error";
import {
  DEFAULT_SCENARIO,
  MEASURED,
  readScenario,
  scenarioField,
  scenarioNames,
  scenarioNumbers,
} from "../../../cost/scenarios/scenario";
import { ASSUMED, type AssumedName } from "../../../cost/scenarios/assumed";
import { usageOf } from "../../../cost/scenarios/scenario-usage";
import { Invalid } from "../../../settings/schema/setting";
import { USAGE } from "../../../cost/scenarios/usage";
import { scenarioCases } from "../../support/corpus";

const FOLDER = join(__dirname, "..", "..", "support", "scenarios");

/** Message of the error for a refused file. */
function refusal(file: string): string {
  try {
    readScenario(resolve(FOLDER, file));
  } catch (error) {
    assert.ok(error instanceof CostError);
    return error.message;
  }
  return assert.fail(`${file} was accepted`);
}

describe("the shipped scenarios", () => {
  it("are four, all valid and described", () => {
    assert.deepEqual(scenarioNames(), ["company", "notes", "solo", "team"]);
    for (const name of scenarioNames()) {
      const scenario = readScenario(name);
      assert.equal(scenario.name, name);
      assert.ok(scenario.about.length > 20);
    }
  });

  it("have the number of people in their description", () => {
    assert.deepEqual(
      ["solo", "team", "company", "notes"].map((name) => readScenario(name).people),
      [1, 10, 200, 100],
    );
    assert.equal(DEFAULT_SCENARIO, "team");
  });
});

describe("the usage of a scenario", () => {
  it("contains its own figures and those derived from people and notebooks", () => {
    assert.deepEqual(usageOf(readScenario(join(FOLDER, "own.json"))), {
      monthlyActiveUsers: 2, // not stated: everybody logs in
      s3StorageGb: 7,
      notebooks: 6, // 2 people × 3
      notebookHours: 60, // 6 notebooks × 2 days × 5 hours
      notebookDays: 12, // 6 notebooks × 2 days
      notebookDisksGb: 60, // 2 × 3 × 10 GB
      homeFileSystemGb: 1, // 2 × 0.5 GB
      loginRequests: 12, // 2 people × 2 days × 3 requests
    });
  });

  it("leaves omitted figures unknown", () => {
    const usage = usageOf(readScenario("team"));
    assert.deepEqual(
      [usage.rdsBackupGb, usage.dnsQueries, usage.interfaceEndpointGb],
      [undefined, undefined, undefined],
    );
    assert.equal(usage.s3StorageGb, 500);
  });

  it("covers every usage quantity", () => {
    const derived = [
      ...["notebooks", "notebookHours", "notebookDays"],
      ...["notebookDisksGb", "homeFileSystemGb", "loginRequests"],
    ];
    assert.deepEqual([...MEASURED, ...derived].sort(), Object.keys(USAGE).sort());
  });
});

describe("a scenario file", () => {
  it("with faults is refused, listing all faults and what is allowed", () => {
    const message = refusal("faults.json");
    for (const text of [
      "about must be a sentence on whom the scenario describes, of up to 500 characters; got",
      "people must be a whole number from 1 to 1000000 (person); got 0",
      "notebooksPerPerson must be a whole number from 1 to 100 (notebook); got 1.5",
      'hoursPerDay must be a number from 0.25 to 24 (hour); got "8"',
      "daysPerMonth must be a whole number from 1 to 30 (day); got 31",
      "notebookDiskGb must be a whole number from 5 to 16384 (GB); it is not set",
      "natGatewayGb must be a number from 0 to",
      "nodeType must be an EC2 instance type of the families t3, ",
      "s3StorageGB is not a field of a scenario; the nearest known name is s3StorageGb",
      "temperatureOutside is not a field of a scenario; the fields are about, nodeType, trainingType, endpointType, adminHoursPerMonth, people,",
    ]) {
      assert.ok(message.includes(`  - ${text}`), `${text}\nis not in\n${message}`);
    }
    assert.match(message, /families t3, .*; "m6i\.huge" is not known\n/);
    assert.equal(message.split("\n").length, 11);
  });

  it("accepts both ends of each range and nothing beyond", () => {
    for (const name of scenarioNumbers()) {
      const { min, max, whole, doc, unit, parse } = scenarioField(name)!;
      assert.ok(min < max && doc.length > 10 && unit !== "", name);
      assert.deepEqual([parse(min), parse(max)], [min, max]);
      for (const bad of [min - 0.01, max + 1, String(max), null, [max], ...(whole ? [2.5] : [])]) {
        assert.ok(parse(bad) instanceof Invalid, `${name}: ${String(bad)}`);
      }
    }
    assert.equal(scenarioField("weather"), undefined);
    assert.equal(scenarioField("constructor"), undefined);
  });

  it("without what is assumed gets it, with its own keeps that", () => {
    const team = readScenario("team");
    for (const [name, { fallback, parse, reason }] of Object.entries(ASSUMED)) {
      assert.equal(team[name as AssumedName], fallback);
      assert.equal(parse(fallback), fallback);
      assert.ok(reason.length > 10, name);
    }
    const folder = mkdtempSync(join(tmpdir(), "scenario-"));
    const own = readFileSync(join(FOLDER, "own.json"), "utf8");
    const file = join(folder, "spread.json");
    writeFileSync(
      file,
      own.replace("{", '{ "spreadHours": 0, "adminHoursPerMonth": { "eks": 8 },'),
    );
    const { spreadHours, fewestNodes, adminHoursPerMonth } = readScenario(file);
    assert.deepEqual([spreadHours, fewestNodes], [0, ASSUMED.fewestNodes.fallback]);
    assert.deepEqual(adminHoursPerMonth, { eks: 8 });
  });

  it("has hours of administration of targets only, from 0 to 10,000", () => {
    const folder = mkdtempSync(join(tmpdir(), "scenario-"));
    const own = readFileSync(join(FOLDER, "own.json"), "utf8");
    const with_ = (value: string): string => {
      const file = join(folder, "admin.json");
      writeFileSync(file, own.replace("{", `{ "adminHoursPerMonth": ${value},`));
      return file;
    };
    for (const good of ['{ "ec2": 0 }', '{ "sagemaker": 10000 }', "{}"]) {
      assert.ok(readScenario(with_(good)).adminHoursPerMonth !== undefined);
    }
    for (const bad of [
      '{ "ec2": -1 }',
      '{ "eks": 10001 }',
      '{ "k8s": 1 }',
      '{ "eks": "1" }',
      "8",
    ]) {
      assert.match(
        refusal(with_(bad)),
        /adminHoursPerMonth must be an object with hours from 0 to/,
      );
    }
  });

  it("that is not JSON, not an object or missing is refused", () => {
    assert.match(refusal("broken.json.txt"), /broken\.json\.txt" is not JSON: /);
    assert.match(refusal("list.json"), /it must be an object/);
    assert.match(
      refusal("none.json"),
      /there is no scenario ".*none\.json": it must be one of company, notes, solo, team, or the path/,
    );
  });

  it("that is a folder is refused as a folder", () => {
    const message = refusal(".");
    assert.match(
      message,
      /^the scenario ".*scenarios" is a folder, not a file: it must be one of company, notes/,
    );
    assert.doesNotMatch(message, /EISDIR/);
  });

  it("with a duplicate field is refused", () => {
    const folder = mkdtempSync(join(tmpdir(), "scenario-"));
    const own = readFileSync(join(FOLDER, "own.json"), "utf8");
    writeFileSync(join(folder, "twice.json"), own.replace("{", '{ "people": 1, "s3StorageGb": 1,'));
    const message = refusal(join(folder, "twice.json"));
    assert.match(message, /\n {2}- people is set twice\n {2}- s3StorageGb is set twice$/);
  });

  it("is resolved against the caller's folder, not npm's", () => {
    const before = { ...process.env };
    try {
      process.env["INIT_CWD"] = FOLDER;
      assert.equal(readScenario("own.json").name, "own");
    } finally {
      process.env = before;
    }
  });

  it("is named after its file", () => {
    assert.equal(readScenario(join(FOLDER, "own.json")).name, "own");
  });
});

describe("the corpus of scenario files", () => {
  const folder = mkdtempSync(join(tmpdir(), "ml-platform-"));
  const file = join(folder, "case.json");
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const { json, says } of scenarioCases()) {
    it(`refuses ${JSON.stringify(json).slice(0, 100)}`, () => {
      writeFileSync(file, json);
      const message = refusal(file);
      assert.ok(message.includes(says), `${says}\nis not in\n${message}`);
      assert.doesNotMatch(message, /[\p{Cf}\u0000-\u0009\u000b-\u001f]/u);
    });
  }

  it("refuses large and deep files in time", () => {
    const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
    const many = Array.from({ length: 4000 }, (_, at) => `"k${at}":1`).join();
    for (const [json, says] of [
      [`{"about":"${"x".repeat(5e6)}"}`, /must have at most 64 KiB/],
      ["[".repeat(60_000), /is not JSON/],
      [deep, /it must be an object/],
      [`{"people":${deep}}`, /people must be .*; got a value with too many levels/],
      [`{${many}}`, /- and \d+ more$/],
    ] as const) {
      const begun = Date.now();
      writeFileSync(file, json);
      assert.match(refusal(file), says);
      assert.ok(Date.now() - begun < 5000);
    }
  });

  it("accepts a file with a byte order mark", () => {
    writeFileSync(file, `\ufeff${readFileSync(join(FOLDER, "own.json"), "utf8")}`);
    assert.equal(readScenario(file).people, 2);
  });
});
