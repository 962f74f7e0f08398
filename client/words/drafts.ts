/** What the page says of text that it keeps: drafts, and leaving with edits that are not saved. */
import { counted } from './numbers.ts';

export const draftWords = {
  draft: {
    label: 'Text of yours that could not be merged',
    title: {
      'other-epoch': 'Written for another state of this notebook',
      'update-refused': 'The server did not take these edits',
      forbidden: 'You may not change this notebook any more',
      'too-large': 'Too large to be saved',
      'broken-document': 'This could not be merged',
    },
    hint: {
      'other-epoch':
        'The notebook was restored to another state before these edits of yours were saved. Nothing of them is lost: insert what you need.',
      'update-refused': 'The notebook was opened anew without them. Nothing of them is lost: insert what you need.',
      forbidden: 'These edits of yours came too late to be saved. Copy what you need.',
      'too-large': 'The notebook was opened anew without it. Copy what you need, or bring so much as a file.',
      'broken-document': 'The notebook was opened anew without these edits. Insert what you need.',
    },
    from: (when: string) => `from ${when}`,
    state: {
      changed: 'differs from the notebook',
      gone: 'not in the notebook',
      same: 'the same as in the notebook',
    },
    titlePart: 'Title',
    insert: 'Insert',
    insertHint: 'Insert as a new paragraph',
    useTitle: 'Use this title',
    copy: 'Copy',
    copied: 'Copied',
    discard: 'Discard',
    insertAll: 'Insert all',
    discardAll: 'Discard all',
    discarded: 'Draft discarded',
    inserted: 'Inserted',
  },

  signOut: {
    do: 'Sign out',
    leaving: 'Signing out…',
    title: (edits: number) => (edits > 0 ? 'Sign out with edits that are not saved?' : 'Sign out with drafts here?'),
    text: (edits: number, notebooks: number, drafts: number) =>
      [
        edits > 0 &&
          `${counted(edits, 'edit', 'edits')} of yours in ${counted(notebooks, 'notebook', 'notebooks')} did not reach the server yet.`,
        drafts > 0 &&
          `${counted(drafts, 'draft', 'drafts')} of yours could not be merged and ${drafts === 1 ? 'is' : 'are'} in this browser only.`,
      ]
        .filter(Boolean)
        .join(' '),
    send: 'Send, then sign out',
    sendHint: 'Waits until the server has everything.',
    sending: 'Sending…',
    sendFailed: 'The server did not take everything yet. Try again, or keep it here.',
    keep: 'Keep here',
    keepHint: ({ edits, kept }: { readonly edits: number; readonly kept: boolean }) =>
      !kept
        ? 'This browser does not keep them: they are in this tab only.'
        : edits > 0
          ? 'It stays in this browser, for you alone, and is sent when you sign in again.'
          : 'They stay in this browser, for you alone, and are there when you sign in again.',
    discard: 'Discard…',
    discardTitle: (edits: number, drafts: number) =>
      edits > 0
        ? `Discard ${counted(edits, 'unsaved edit', 'unsaved edits')}?`
        : `Discard ${counted(drafts, 'draft', 'drafts')}?`,
    discardText: 'They are deleted from this browser, drafts included. This cannot be undone.',
    discardDo: 'Discard and sign out',
    failed: 'Could not sign out',
  },
} as const;
