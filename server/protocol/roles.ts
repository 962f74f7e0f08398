/** What somebody may do: each role may what the one before it may. */
export const ROLES = ['reader', 'runner', 'writer', 'owner'] as const;
export type Role = (typeof ROLES)[number];

export const roleOf = (value: unknown): Role | undefined => ROLES.find((one) => one === value);
