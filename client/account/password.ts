/** Changes the password of who is signed in; the server ends their other sign-ins. */
import { account } from '../words/account.ts';

/** Undefined when it is done; else what to say. */
export async function changePassword(current: string, next: string): Promise<string | undefined> {
  try {
    const response = await fetch('/password', {
      method: 'POST',
      credentials: 'same-origin',
      body: new URLSearchParams({ current, next }),
    });
    if (response.status === 204) return undefined;
    if (response.status === 403) return account.wrong;
    return response.status === 429 ? account.wait : account.failed;
  } catch {
    return account.away;
  }
}
