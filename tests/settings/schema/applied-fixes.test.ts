import assert from "node:assert/strict";
import { loadSettings, type Settings } from "../../../settings";
import { type ConfigSource, SettingsError } from "../../../settings/contract";
import { flatten, type NamedSetting } from "../../../settings/schema/setting";
import { SHARED_SETTINGS, TARGET_NAMES, type TargetName } from "../../../settings/shared";
import { TARGET_PROFILES } from "../../../settings/targets";
import { config, type Overrides } from "../../support/declared";
import { afterCommand } from "../../support/pulumi-config";
import { TODAY } from "../../support/resources";

/** Times that somebody pastes the printed commands and tries again. */
const MOST_ROUNDS = 4;

/** The settings after all printed commands; undefined where the refusal stays. */
function mended(start: ConfigSource): Settings | undefined {
  let source = start;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    try {
      return loadSettings("test", source, TODAY).settings;
    } catch (error) {
      assert.ok(error instanceof SettingsError, String(error));
      const commands = error.message.split("\n").filter((line) => /^ +pulumi config /.test(line));
      source = commands.map((line) => line.trim()).reduce(afterCommand, source);
    }
  }
  return undefined;
}

/** A value that is not the default, of settings where none can be derived. */
const OTHERS: Readonly<Record<string, string>> = {
  region: "us-east-1",
  owner: "bob",
  allowedCidrs: "81.2.70.0/24",
  users: '[{"name":"bob","email":"b@x.de","group":"ml-users"}]',
  "network.cidr": "10.64.0.0/16",
  "kubernetes.podCidr": "10.200.0.0/16",
  "kubernetes.serviceCidr": "10.112.0.0/16",
  "database.instanceClass": "db.t4g.large",
  "notebooks.sizes": "2x6",
  "notebooks.image": "quay.io/jupyter/pytorch-notebook:2026-07-20",
  "nodes.instanceType": "m5.large",
  "gpu.instanceType": "g5.xlarge",
  "serving.instanceType": "ml.c5.large",
  "studio.instanceType": "ml.t3.large",
  "studio.instanceTypes": "ml.t3.medium,ml.t3.large",
  "userPool.email.identity": "arn:aws:ses:eu-west-3:123456789012:identity/ada@your-company.com",
  "userPool.email.from": "ada@your-company.com",
  adminArns: "arn:aws:iam::123456789012:role/Admins",
};

function otherValue({ path, setting }: NamedSetting): string | undefined {
  const known = OTHERS[path];
  const words = setting.allowed.replace(/^one of |,/g, "").split(" ");
  const number = Number(setting.example);
  const candidates = ["true", "false", ...words, String(number + 1), String(number - 1)];
  return (
    known ??
    candidates.find(
      (one) => setting.parse(one) === one && one !== setting.fallback && one !== setting.example,
    ) ??
    candidates.find((one) => String(setting.parse(one)) === one && one !== setting.example)
  );
}

const settingsOf = (target: TargetName): NamedSetting[] =>
  [...flatten(SHARED_SETTINGS), ...flatten(TARGET_PROFILES[target].settings)].filter(
    ({ path }) => path !== "target",
  );

/** The group of a path with its value in it, as YAML has it. */
function grouped(path: string, value: string): Overrides {
  const [group = "", ...names] = path.split(".");
  const typed: unknown = /^(true|false|\d+|\[.*\])$/.test(value) ? JSON.parse(value) : value;
  const below = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), typed);
  return names.length === 0 ? {} : { [group]: JSON.stringify(below) };
}

/** Ways to write a setting that nothing reads; the first ones must be mended by the commands. */
function variants(path: string, value: string): { sure: Overrides[]; others: Overrides[] } {
  const parts = path.split(".");
  const last = parts.at(-1) ?? "";
  const misspelt = [...parts.slice(0, -1), last.slice(0, 1) + last.slice(2)].join(".");
  const isLong = last.length >= 5;
  const short = value.length <= 100 ? [{ [path.toUpperCase()]: value }] : [];
  return {
    sure: [...short, ...(parts.length === 1 ? [] : [grouped(path, value)])],
    others: [
      ...(isLong ? [{ [misspelt]: value }, { [misspelt]: ` ${value} ` }] : []),
      { [last]: value },
      { [last.toLowerCase()]: value },
      { [path.replace(".", ":")]: value },
      { [`${path}.x`]: value },
      { [`${path}[0]`]: value },
      ...Object.entries(grouped(path, ` ${value} `)).map(([group, raw]) => ({
        [group.slice(0, 3) + group.slice(4)]: raw,
      })),
      ...Object.entries(grouped(path, value)).map(([group, raw]) => ({
        [group.toUpperCase()]: raw,
      })),
    ],
  };
}

describe("the printed commands, pasted", () => {
  for (const target of TARGET_NAMES) {
    it(`give a setting of ${target} the value that was meant, and never its default`, () => {
      for (const entry of settingsOf(target)) {
        const { path, setting } = entry;
        const value = otherValue(entry);
        assert.ok(value !== undefined, `no other value of ${path}`);
        const absent = { [setting.key ?? path]: undefined };
        const base = { target, ...absent };
        const right = mended(config({ ...base, [setting.key ?? path]: value }));
        const { sure, others } = variants(path, value);
        for (const written of sure) {
          assert.deepEqual(mended(config({ ...base, ...written })), right, JSON.stringify(written));
        }
        for (const written of others) {
          const found = mended(config({ ...base, ...written }));
          if (found !== undefined) {
            assert.deepEqual(found, right, JSON.stringify(written));
          }
        }
      }
    });

    it(`keep the refusal where a value of ${target} is encrypted or stands for nothing`, () => {
      for (const { path, setting } of settingsOf(target)) {
        const key = setting.key ?? path;
        const base = { target, [key]: undefined };
        const secret = config(base);
        const encrypted = { ...secret, [`ml-platform:${path.toUpperCase()}`]: undefined };
        assert.equal(mended(encrypted), undefined, path);
        const junk = "\u2028";
        for (const written of [{ [path.toUpperCase()]: junk }, grouped(path, junk)]) {
          if (Object.keys(written).length > 0) {
            assert.equal(
              mended(config({ ...base, ...written })),
              undefined,
              JSON.stringify(written),
            );
          }
        }
      }
    });
  }
});
