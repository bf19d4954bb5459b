import { type Fault, fault } from "./contract";
import { within } from "./values/cidr";
import { networksCommand } from "./values/networks";
import type { SharedSettings } from "./shared";

/** Networks that are reserved for documentation. Source: https://www.rfc-editor.org/rfc/rfc5737 */
const DOCUMENTATION_NETWORKS = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"];
/** Domains that nobody can register. Source: https://www.rfc-editor.org/rfc/rfc2606 */
const DOCUMENTATION_DOMAIN = /[@.](example\.(com|net|org)|example|invalid|test)$/i;

/**
 * Finds the example values of the shipped stack files. They are enough to price a stack and must not be
 * deployed: nobody could reach the platform, and Cognito would send invitations to addresses that do
 * not exist.
 */
export function exampleValues({
  allowedCidrs,
  users,
}: Pick<SharedSettings, "allowedCidrs" | "users">): Fault[] {
  const networks = allowedCidrs.filter((network) => within(DOCUMENTATION_NETWORKS, network));
  const people = users.filter(({ email }) => DOCUMENTATION_DOMAIN.test(email));
  return [
    ...fault.when(
      networks.length > 0,
      `allowedCidrs must be your own networks; got the documentation address ${networks.join(", ")}`,
      networksCommand(
        allowedCidrs.map((network) => (networks.includes(network) ? undefined : network)),
      ),
    ),
    ...people.map(({ name, email }) => ({
      problem: `users: ${name} must have a real e-mail address, since Cognito sends the invitation there; got "${email}"`,
      fix: `pulumi config set --path 'users[${users.findIndex((user) => user.name === name)}].email' ADDRESS`,
    })),
  ];
}
