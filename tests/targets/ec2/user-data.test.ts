import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import {
  bootstrapScript,
  controlPlaneUserData,
  USER_DATA_LIMIT,
  workerUserData,
} from "../../../targets/ec2/user-data";

describe("user data", () => {
  const variables = { KUBERNETES_VERSION: "1.36.4", CLUSTER_NAME: "it's" };

  it("fits EC2's size limit, with room for long names", () => {
    const plain = Buffer.from(workerUserData(variables), "base64");
    assert.ok(plain.length < USER_DATA_LIMIT - 4096);
    assert.equal(plain.toString(), bootstrapScript("worker", variables));
    const sent = Buffer.from(controlPlaneUserData(variables), "base64");
    assert.ok(sent.length < USER_DATA_LIMIT - 4096);
    assert.equal(gunzipSync(sent).toString(), bootstrapScript("control-plane", variables));
  });

  it("is refused when too large, naming the size", () => {
    const large = { ...variables, PARAMETERS: "x".repeat(USER_DATA_LIMIT) };
    assert.throws(() => workerUserData(large), /worker must be 16384 bytes or less; got \d{5}/);
    const noise = Array.from({ length: 40_000 }, (_, index) =>
      String.fromCodePoint(161 + ((index * index * 31) % 9973)),
    );
    assert.throws(
      () => controlPlaneUserData({ ...variables, PARAMETERS: noise.join("") }),
      /control-plane must be 16384 bytes or less/,
    );
  });

  it("is refused when it contains a key or a join token", () => {
    const key = "-----BEGIN EC PRIVATE KEY-----";
    assert.throws(() => workerUserData({ ...variables, KEY: key }), /must contain no secret/);
    const token = "abcdef.0123456789abcdef";
    assert.throws(() => controlPlaneUserData({ ...variables, TOKEN: token }), /no secret/);
  });

  it("begins with its interpreter and quotes values", () => {
    const script = Buffer.from(workerUserData(variables), "base64").toString();
    assert.ok(script.startsWith("#!/bin/bash\nexport KUBERNETES_VERSION='1.36.4'"));
    assert.match(script, /\nexport CLUSTER_NAME='it'\\''s'\n/);
  });

  it("restores a snapshot before an empty API server starts", () => {
    const script = bootstrapScript("control-plane", variables);
    const steps = [...script.matchAll(/^ {2}step (\w+)$/gm)].map(([, step]) => step);
    assert.deepEqual(steps.slice(-5), [
      "api_name",
      "restore_last_snapshot",
      "kubeadm_init",
      "join_token_timer",
      "backup_timer",
    ]);
  });

  it("contains no comments and only its own role's part", () => {
    const worker = bootstrapScript("worker", variables);
    assert.doesNotMatch(worker, /^\s*# /m);
    assert.match(worker, /kubeadm join/);
    assert.doesNotMatch(worker, /kubeadm init/);
    const controlPlane = bootstrapScript("control-plane", variables);
    assert.match(controlPlane, /kubeadm init/);
    assert.doesNotMatch(controlPlane, /kubeadm join/);
  });
});
