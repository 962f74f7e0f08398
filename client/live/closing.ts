/** What the end of a connection means: whether to come back, and what to say if not. */
import { CLOSE, MAX_FRAME_BYTES } from '../../server/protocol/messages.ts';

export type Ending =
  | { readonly again: true }
  | { readonly again: false; readonly code: string; readonly message: string };

const AGAIN = { again: true } as const;
/** Reasons of `storageFailed` that pass by themselves. */
const PASSING = ['storage-failed', 'storage-read-only', 'unavailable'];

/** The standard's own code for a frame that the other side does not read. */
const FRAME_TOO_LARGE = 1009;
export const TOO_LARGE = {
  again: false,
  code: 'too-large',
  message: `The last change is larger than ${MAX_FRAME_BYTES / 2 ** 20} MB and can’t be saved. Reload the page, and bring so much as a file.`,
} as const satisfies Ending;

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
    case FRAME_TOO_LARGE:
      return TOO_LARGE;
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
