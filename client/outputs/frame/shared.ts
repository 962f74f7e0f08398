/** Where a page keeps what its frames share (`frames.ts`): it comes with the first of them, so a page without one loads nothing of it. */
import { createContext } from 'solid-js';
import type { Pool } from './pool.ts';
import type { Turns } from './turns.ts';
import type { Member, Watched } from './watch.ts';

export type Frames = { readonly pool: Pool; readonly turns: Turns; watch(member: Member): Watched };

export type Shared = { frames?: Frames };

export const FramesContext = createContext<Shared>();
