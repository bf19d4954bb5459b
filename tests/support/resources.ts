import type { DeclaredResource } from "../../cost/rule";

/** Day of the tests. Until then no deployed version ends or costs more. */
export const TODAY = "2026-11-23";

/** Recorder's placeholder for a value that only a deployment knows. */
export const UNKNOWN = { __pulumiUnknown: true };

/** Hand-written declared resource, with a URN below the stack or below `parents`. */
export function declared(
  type: string,
  name: string,
  inputs: DeclaredResource["inputs"] = {},
  parents: readonly string[] = [],
): DeclaredResource {
  const types = [...parents, type].join("$");
  return {
    type,
    name,
    urn: `urn:pulumi:test::ml-platform::${types}::${name}`,
    id: `${name}-id`,
    inputs,
  };
}

/** Instance of a type with a price in both price files. */
export function machine(
  name: string,
  parents?: readonly string[],
  instanceType = "t4g.large",
): DeclaredResource {
  const inputs = {
    instanceType,
    rootBlockDevice: { volumeSize: 50, volumeType: "gp3" },
  };
  return declared("aws:ec2/instance:Instance", name, inputs, parents);
}

/**
 * Domain of Studio and a profile in it, with a notebook's type, its idle minutes until Studio stops it, and its
 * disk.
 */
export function studio(
  instanceType: string,
  { idleMinutes = 60, spaceGib = 5 } = {},
): readonly [domain: DeclaredResource, profile: DeclaredResource] {
  const profile = declared("aws:sagemaker/userProfile:UserProfile", "sagemaker-ada", {
    userSettings: {
      jupyterLabAppSettings: {
        defaultResourceSpec: { instanceType },
        appLifecycleManagement: { idleSettings: { idleTimeoutInMinutes: idleMinutes } },
      },
      spaceStorageSettings: {
        defaultEbsStorageSettings: { defaultEbsVolumeSizeInGb: spaceGib },
      },
    },
  });
  return [declared("aws:sagemaker/domain:Domain", "sagemaker-domain"), profile];
}

/** A PostgreSQL instance, single-AZ, with a master secret of RDS. */
export function postgres(inputs: DeclaredResource["inputs"] = {}): DeclaredResource {
  return declared("aws:rds/instance:Instance", "database", {
    engine: "postgres",
    instanceClass: "db.t4g.micro",
    allocatedStorage: 20,
    storageType: "gp3",
    manageMasterUserPassword: true,
    ...inputs,
  });
}
