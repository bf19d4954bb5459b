/**
 * Logins of the database that belong to the program: the master user, the hub's and Katib's. No person may have one of
 * these names. The Python that creates the last two, in `components/ml/notebooks/hub/`, spells them again.
 */
export const DATABASE_LOGINS = { master: "platform", hub: "jupyterhub", katib: "katib" } as const;
