/** Passwords of the accounts themselves, and who else is asked for a name and a password. */
import { accountNamed } from '../accounts.ts';
import type { Answer, ByPassword, Providers, Turn } from '../identity.ts';
import { isPassword } from '../password.ts';
import type { BookStore } from '../store.ts';

/** An account that a provider signs in has no password, and none fits it. */
export function openPasswords(store: Pick<BookStore, 'latest'>): ByPassword {
  return {
    async ask(name, password, turn) {
      const known = accountNamed(store.latest(), name);
      const account = known?.disabled === undefined ? known : undefined;
      const isRight = await turn(() => isPassword(password, account?.password));
      return isRight && account ? { result: 'account', account } : { result: 'wrong' };
    },
  };
}

/** The first who knows them. Where nobody does it is `away` if one of them could not be asked. */
export async function askInTurn(
  all: readonly ByPassword[],
  name: string,
  password: string,
  turn: Turn,
): Promise<Answer> {
  let nobody: Answer = { result: 'wrong' };
  for (const one of all) {
    const answer = await one.ask(name, password, turn);
    if (answer.result === 'account' || answer.result === 'told') return answer;
    if (answer.result === 'away') nobody = answer;
  }
  return nobody;
}

export const inOrder = (own: ByPassword, directory: Providers['directory']): readonly ByPassword[] =>
  directory === undefined ? [own] : directory.first ? [directory, own] : [own, directory];
