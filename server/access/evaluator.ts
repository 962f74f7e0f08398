/**
 * The one evaluator: who may do what. REST, socket and page ask it for every call and message; absent and not-yours
 * look alike to the caller. Its only principal today is the owner, who signed in with the workspace's token.
 */
import type { PersonId } from '../protocol/ids.ts';
import type { Role } from '../protocol/messages.ts';

export type Principal = { readonly kind: 'stranger' } | { readonly kind: 'owner'; readonly person?: PersonId };

export type Action =
  | 'workspace.list'
  | 'workspace.create'
  | 'notebook.read'
  | 'notebook.edit'
  | 'notebook.run'
  | 'notebook.session'
  | 'notebook.delete'
  | 'notebook.move'
  | 'files.read'
  | 'files.write'
  | 'operate';

export type Decision =
  | { readonly allowed: true; readonly role: Role }
  | { readonly allowed: false; readonly why: 'unauthorised' | 'not-found' };

export function decide(principal: Principal, _action: Action): Decision {
  switch (principal.kind) {
    case 'owner':
      return { allowed: true, role: 'owner' };
    case 'stranger':
      return { allowed: false, why: 'unauthorised' };
  }
}
