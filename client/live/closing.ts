/** What the end of a connection means: whether to come back, and what to say if not. */
import { CLOSE } from '../../server/protocol/messages.ts';

export type Ending =
  | { readonly again: true }
  | { readonly again: false; readonly code: string; readonly message: string };

const AGAIN = { again: true } as const;
/** Reasons of `storageFailed` that pass by themselves. */
const PASSING = ['storage-failed', 'storage-read-only', 'unavailable'];

/** `told`: the problem the server named just before, if it did. */
export function endingOf(code: number, reason: string, told?: { code: string; message: string }): Ending {
  const end = (fallbackCode: string, message: string): Ending => ({
    again: false,
    code: told?.code ?? fallbackCode,
    message: told?.message ?? message,
  });
  switch (code) {
    case CLOSE.badMessage:
      return end('bad-message', 'This page and the server do not understand each other. Reload the page.');
    case CLOSE.unauthorised:
      return end('unauthorised', 'You are signed out. Open the address that the server printed.');
    case CLOSE.forbidden:
      return end('forbidden', 'You may not do this.');
    case CLOSE.notFound:
      return end('not-found', 'There is no such notebook, or it is not yours.');
    case CLOSE.updateRefused:
      return end('update-refused', `An edit was refused (${reason}). Copy what you need and reload the page.`);
    case CLOSE.otherEpoch:
      return end('other-epoch', 'This notebook was restored to another state. Copy what you need and reload the page.');
    case CLOSE.storageFailed:
      return PASSING.includes(reason) ? AGAIN : end(reason || 'storage-failed', 'The notebook could not be opened.');
    default:
      return AGAIN;
  }
}
