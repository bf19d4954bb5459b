import assert from "node:assert/strict";
import { declaredPlatform, inputsOf, ofType } from "../support/declared";
import { allows, policyOf } from "../support/policy";

const BUCKET = "arn:aws:s3:::data-bucket-0000000";
const LOGINS = "arn:aws:rds-db:eu-west-3:123456789012:dbuser:db-ABCDEFGHIJKL";

describe("People", () => {
  const data = async (person: string, target = "ec2") => {
    const resources = await declaredPlatform({ target });
    const name = `${target}-people-${person}-data`;
    return policyOf(inputsOf(resources, "iam/rolePolicy:RolePolicy", name)["policy"]);
  };

  it("read and write their own and the shared prefix only", async () => {
    const ada = await data("ada");
    for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
      assert.ok(allows(ada, action, `${BUCKET}/users/ada/model.bin`));
      assert.ok(allows(ada, action, `${BUCKET}/shared/data.csv`));
      assert.ok(!allows(ada, action, `${BUCKET}/users/grace/model.bin`), action);
      assert.ok(!allows(ada, action, `${BUCKET}/users/ada-2/model.bin`), action);
      assert.ok(!allows(ada, action, `${BUCKET}/etcd/snapshot.db`), action);
    }
  });

  it("read the public prefix and write nothing there, whatever their group and target", async () => {
    for (const target of ["ec2", "eks", "sagemaker"]) {
      for (const person of ["ada", "grace"]) {
        const resources = await declaredPlatform({ target });
        const statements = ofType(resources, "iam/rolePolicy:RolePolicy")
          .filter(({ inputs }) => inputs["role"] === `${target}-people-${person}-role`)
          .flatMap(({ inputs }) => policyOf(inputs["policy"]));
        const notebook = `${BUCKET}/public/welcome.ipynb`;
        assert.ok(allows(statements, "s3:GetObject", notebook));
        for (const action of ["PutObject", "DeleteObject", "DeleteObjectVersion", "PutObjectAcl"]) {
          assert.ok(!allows(statements, `s3:${action}`, notebook), `${target} ${person} ${action}`);
        }
      }
    }
  });

  it("list only their own, the shared and the public prefix, slash included", async () => {
    const list = (await data("ada")).find(({ Action }) => Action === "s3:ListBucket");
    assert.deepEqual(list?.Condition, {
      StringLike: { "s3:prefix": ["users/ada/*", "shared/*", "public/*"] },
    });
  });

  it("connect to the database under their own name only", async () => {
    const ada = await data("ada");
    assert.ok(allows(ada, "rds-db:connect", `${LOGINS}/ada`));
    assert.ok(!allows(ada, "rds-db:connect", `${LOGINS}/grace`));
    assert.ok(!allows(ada, "rds-db:connect", `${LOGINS}/platform`));
  });

  it("read the master password only as administrators, and only where no Job creates the logins", async () => {
    const secret = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:db";
    const read = async (person: string, target: string, arn = secret): Promise<boolean> =>
      allows(await data(person, target), "secretsmanager:GetSecretValue", arn);
    assert.ok(await read("ada", "sagemaker"));
    assert.ok(!(await read("grace", "sagemaker")));
    assert.ok(!(await read("ada", "sagemaker", `${secret}-2`)));
    for (const target of ["ec2", "eks"]) {
      assert.ok(!(await read("ada", target)), target);
    }
  });

  it("have roles that only pods of their own namespace can assume", async () => {
    const role = inputsOf(await declaredPlatform(), "iam/role:Role", "ec2-people-grace-role");
    const [statement, ...others] = policyOf(role["assumeRolePolicy"]);
    assert.deepEqual(others, []);
    assert.equal(statement?.Action, "sts:AssumeRoleWithWebIdentity");
    assert.deepEqual(statement.Principal, {
      Federated: "arn:aws:iam::123456789012:oidc-provider/d111.cloudfront.net",
    });
    assert.deepEqual(statement.Condition, {
      StringEquals: {
        "d111.cloudfront.net:aud": "sts.amazonaws.com",
        "d111.cloudfront.net:sub": "system:serviceaccount:user-grace:notebook",
      },
    });
  });

  it("are invited by e-mail into their group, without a password in Pulumi's state", async () => {
    const resources = await declaredPlatform();
    const user = inputsOf(resources, "cognito/user:User", "ec2-people-ada");
    assert.equal(user["username"], "ada");
    assert.deepEqual(user["desiredDeliveryMediums"], ["EMAIL"]);
    assert.equal(user["password"], undefined);
    assert.equal(user["temporaryPassword"], undefined);
    const groups = ofType(resources, "cognito/userInGroup:UserInGroup").map(({ inputs }) => [
      inputs["username"],
      inputs["groupName"],
    ]);
    assert.deepEqual(groups.sort(), [
      ["ada", "ml-admins"],
      ["grace", "ml-users"],
    ]);
  });
});
