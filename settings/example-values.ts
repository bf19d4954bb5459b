import type { Fault } from "./contract";
import { within } from "./values/cidr";
import { networksCommand } from "./values/networks";
import type { SharedSettings } from "./shared";

/** Networks that exist in documentation only. Source: https://www.rfc-editor.org/rfc/rfc5737 */
const DOCUMENTATION_NETWORKS = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"];
/** Domains that nobody owns. Source: https://www.rfc-editor.org/rfc/rfc2606 */
const DOCUMENTATION_DOMAIN = /[@.](example\.(com|net|org)|example|invalid|test)$/i;

/**
 * Values of the shipped stack files that price a stack but must not deploy one: nobody could reach
 * the platform, and the invitations would go to addresses that belong to nobody.
 */
export function exampleValues({
  allowedCidrs,
  users,
}: Pick<SharedSettings, "allowedCidrs" | "users">): Fault[] {
  const networks = allowedCidrs.filter((network) => within(DOCUMENTATION_NETWORKS, network));
  const people = users.filter(({ email }) => DOCUMENTATION_DOMAIN.test(email));
  return [
    ...(networks.length === 0
      ? []
      : [
          {
            problem: `allowedCidrs must be your own networks; got the documentation address ${networks.join(", ")}`,
            fix: networksCommand(
              allowedCidrs.map((one) => (networks.includes(one) ? undefined : one)),
            ),
          },
        ]),
    ...people.map(({ name, email }) => ({
      problem: `users: ${name} must have an own e-mail address, where the invitation goes; got "${email}"`,
      fix: `pulumi config set --path 'users[${users.findIndex((user) => user.name === name)}].email' ADDRESS`,
    })),
  ];
}
