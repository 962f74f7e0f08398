/** What is the same on every page: where we are, who we are, the colours, and the messages. */
import { type Accessor, createContext, useContext } from 'solid-js';
import type { KeptHere } from './drafts/kept.ts';
import type { Theme } from './parts/theme.ts';
import type { Toasts } from './parts/toasts.tsx';
import type { Person } from './people/person.ts';
import type { Router } from './route.ts';

export type AppContext = {
  readonly router: Router;
  readonly toasts: Toasts;
  readonly theme: { readonly theme: Accessor<Theme>; set(theme: Theme): void };
  readonly person: Accessor<Person>;
  /** Whether the name was ever chosen. */
  readonly named: Accessor<boolean>;
  /** Whether the person is an account's: its name is the server's to say. */
  readonly account: boolean;
  rename(name: string): void;
  readonly mac: boolean;
  readonly kept: KeptHere;
};

export const App = createContext<AppContext>();

export function useApp(): AppContext {
  const context = useContext(App);
  if (!context) throw new Error('outside the app');
  return context;
}
