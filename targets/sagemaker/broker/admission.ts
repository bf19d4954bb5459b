import { contains, parseCidr, type Cidr } from "../../../settings/values/cidr";
import { GROUPS, type Group } from "../../../settings/values/groups";
import { Denial } from "./denial";

/** The identity in a verified token. */
export interface Identity {
  readonly user: string;
  /** Groups of the user pool, including groups that the platform does not know. */
  readonly groups: readonly string[];
}

/** Profiles and networks of the broker. Part of the archive, since an environment has 4 KB at most. */
export interface Access {
  /** Studio profile of each user, by login name. */
  readonly profiles: Readonly<Record<string, string>>;
  /** IPv4 networks. */
  readonly allowedCidrs: readonly string[];
}

const ADMINISTRATORS: Group = "ml-admins";

/** Names that SageMaker accepts. Source:
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateUserProfile.html */
const PROFILE_NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** Tells whether a text is a valid name of a profile, which need not exist. */
export function isProfileName(text: string): boolean {
  return text.length <= 63 && PROFILE_NAME.test(text);
}

/** Returns a test that tells whether an address is in one of the networks. An IPv6 address never is. */
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

/** The profile that somebody may open, and why. */
export interface Admission {
  readonly profile: string;
  readonly reason: "own-profile" | "administrator";
}

/**
 * Decides which profile somebody may open: their own, or any existing one for an administrator. Only people who are
 * in the list open anything: a login and a token may outlive a person's place in it.
 *
 * @param wanted profile that was asked for; undefined for their own.
 * @throws Denial in every other case. A user who may not open a profile does not learn whether it exists.
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
  if (own === undefined) {
    throw new Denial("profile-missing", { user });
  }
  const profile = wanted ?? own;
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
