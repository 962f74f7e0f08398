/** Groups elsewhere give a role in the workspace here: the strongest of those that are mapped, else the one for everybody. */
import type { Role } from '../../protocol/messages.ts';
import { stronger } from '../principal.ts';

export type RoleMap = {
  /** By the group's name, exactly. */
  readonly groups: ReadonlyMap<string, Role>;
  /** Of those in none of them; without it they are not let in. */
  readonly role: Role | undefined;
};

export const roleFor = (groups: readonly string[], map: RoleMap): Role | undefined =>
  groups.reduce((role: Role | undefined, group) => stronger(role, map.groups.get(group)), undefined) ?? map.role;
