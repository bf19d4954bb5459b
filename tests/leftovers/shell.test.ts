import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { environmentLine } from "../../leftovers/shell";

/** Environment in bash after this line: region, default region, profile, key and pager, separated by bars. */
function environmentAfter(line: string): { out: string; err: string } {
  const print =
    'printf "%s|" "$AWS_REGION" "$AWS_DEFAULT_REGION" "${AWS_PROFILE-none}" "${AWS_ACCESS_KEY_ID-none}" "${AWS_PAGER-none}"';
  const { stdout, stderr } = spawnSync("bash", ["-s"], {
    input: `${line}\n${print}\n`,
    env: { PATH: process.env["PATH"], AWS_ACCESS_KEY_ID: "AKIA" },
  });
  return { out: String(stdout), err: String(stderr) };
}

describe("the first line of the commands", () => {
  it("sets the region and turns the pager off, and leaves keys of the environment alone", () => {
    assert.deepEqual(environmentAfter(environmentLine("eu-west-3")), {
      out: "eu-west-3|eu-west-3|none|AKIA||",
      err: "",
    });
  });

  for (const profile of [
    "ml",
    "my team",
    "my team; echo pwned",
    'it\'s $(echo pwned) `echo pwned` \\ "x"',
    "'; echo pwned; '",
    "$HOME",
    "two\nlines",
  ]) {
    it(`takes the profile ${JSON.stringify(profile)} as it is, before any keys`, () => {
      assert.deepEqual(environmentAfter(environmentLine("eu-west-3", profile)), {
        out: `eu-west-3|eu-west-3|${profile}|none||`,
        err: "",
      });
    });
  }

  it("takes a region as it is", () => {
    const { out } = environmentAfter(environmentLine("x; echo pwned"));
    assert.equal(out, "x; echo pwned|x; echo pwned|none|AKIA||");
  });
});
