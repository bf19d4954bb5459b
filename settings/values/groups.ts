/** Groups of the user pool. `ml-admins` may do everything that `ml-users` may. */
export const GROUPS = ["ml-admins", "ml-users"] as const;
/** Name of a group of the user pool. */
export type Group = (typeof GROUPS)[number];
