import { contains, parseCidr, type Cidr } from "../../../settings/values/cidr";
import { GROUPS, type Group } from "../../../settings/values/groups";
import { Denial } from "./denial";

/** Who somebody is, from a verified token. */
export interface Identity {
  readonly user: string;
  /** Groups of the user pool, also ones that the platform does not know. */
  readonly groups: readonly string[];
}

/** Who may come in, from where, to what. Packed with the code: an environment holds 4 KB only. */
export interface Access {
  /** Studio profile of each person, by login name. */
  readonly profiles: Readonly<Record<string, string>>;
  /** IPv4 networks. */
  readonly allowedCidrs: readonly string[];
}

const ADMINISTRATORS: Group = "ml-admins";

/** What SageMaker takes. Source:
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateUserProfile.html */
const PROFILE_NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** Whether a text can be the name of a profile, whether or not there is one. */
export function isProfileName(text: string): boolean {
  return text.length <= 63 && PROFILE_NAME.test(text);
}

/** A test for addresses: whether one lies in some of the networks. IPv6 never does. */
export function addressCheck(allowedCidrs: readonly string[]): (address: string) => boolean {
  const networks = allowedCidrs.map(readNetwork);
  return (address) => {
    const host = parseCidr(`${address}/32`);
    return host !== undefined && networks.some((network) => contains(network, host));
  };
}

function readNetwork(text: string): Cidr {
  const network = parseCidr(text);
  if (network === undefined) {
    throw new Error(`allowedCidrs must hold IPv4 networks; got "${text}"`);
  }
  return network;
}

/** What somebody is let into, and why. */
export interface Admission {
  readonly profile: string;
  readonly reason: "own-profile" | "administrator";
}

/**
 * The profile that somebody gets to see: their own, or any that there is for an administrator.
 *
 * @param wanted profile asked for by name; undefined for their own.
 * @throws Denial in every other case. Whoever may not open a profile does not learn whether it exists.
 */
export function admit(
  { user, groups }: Identity,
  wanted: string | undefined,
  profiles: Access["profiles"],
): Admission {
  if (!GROUPS.some((group) => groups.includes(group))) {
    throw new Denial("group-missing", { user });
  }
  const own = Object.hasOwn(profiles, user) ? profiles[user] : undefined;
  const profile = wanted ?? own;
  if (profile === undefined) {
    throw new Denial("profile-missing", { user });
  }
  if (profile === own) {
    return { profile, reason: "own-profile" };
  }
  if (!groups.includes(ADMINISTRATORS)) {
    throw new Denial("profile-foreign", { user, profile });
  }
  if (!Object.values(profiles).includes(profile)) {
    throw new Denial("profile-unknown", { user, profile });
  }
  return { profile, reason: "administrator" };
}
