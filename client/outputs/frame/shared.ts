/** Where a page keeps what its frames share (`frames.ts`): it comes with the first of them, so a page without one loads nothing of it. */
import { createContext } from 'solid-js';
import type { Frames } from './frames.ts';

export type Shared = { frames?: Frames };

export const FramesContext = createContext<Shared>();
