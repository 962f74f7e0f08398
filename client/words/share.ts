/** Words of sharing, of one's account, and of the audit log. */
import type { Role } from '../../server/protocol/messages.ts';
import { counted } from './numbers.ts';

const roles: Readonly<Record<Role, string>> = {
  reader: 'Can read',
  runner: 'Can run',
  writer: 'Can edit',
  owner: 'Owner',
};

export const share = {
  do: 'Share',
  doHint: 'Share this notebook',
  title: (name: string) => `Share “${name}”`,
  folderTitle: (folder: string) => `Share the folder “${folder}”`,
  loading: 'Looking…',
  failed: 'Who may see this could not be read',
  roles,

  people: 'People and groups',
  add: 'Add a person or group',
  addPlaceholder: 'Name of a person or group',
  addRole: 'What they may do',
  nobodyFound: (typed: string) => `Nobody here is called “${typed}”. Accounts are made on the server’s machine:`,
  everyone: 'Everyone with an account',
  group: 'group',
  you: 'you',
  roleOf: (name: string) => `What ${name} may do`,
  remove: (name: string) => `Remove ${name}`,
  added: (name: string) => `${name} may open this now`,
  removed: (name: string) => `${name} may not open this any more`,
  notSaved: 'That was not changed',
  lastOwner: {
    notebook: 'A notebook keeps an owner: make somebody else an owner first.',
    folder: 'A folder keeps its owner: make somebody else an owner first.',
  },
  unowned: 'Belongs to the owners of this workspace.',
  unownedFolder: 'Whoever is listed may open everything in the folder. Each notebook has its own people besides.',
  leaveTitle: 'Take away your own role?',
  leaveText: 'You will not be able to share this any more, and may not be able to open it.',
  leaveDo: 'Take it away',
  inherited: (folder: string) => (folder === '' ? 'From the whole workspace' : `From the folder “${folder}”`),

  goneHint: (folder: string) => `The folder “${folder}” is gone; its roles are kept aside`,
  goneTitle: (folder: string) => `Roles of “${folder}”, which is gone`,
  goneText:
    'They hold for nobody until its notebooks are back. If the folder has another name now, give them to that one.',
  goneNone: 'Nothing is aside any more.',
  goneTo: 'Folder that gets them',
  goneGive: 'Give them to it',
  goneForget: 'Forget them',

  noAccounts: 'Nobody has an account on this server yet.',
  noAccountsHint:
    'Whoever has the printed address is its owner. Make accounts on the server’s machine, then add people here:',
  command: 'gondola user add NAME',
  commandHint: 'It asks for a password and holds at once.',

  links: 'Links',
  linksHint: 'Whoever has a link sees what was last run, without an account, until it ends.',
  local: 'Links work on this machine only: the server does not answer others.',
  localHint: 'To let others on your network in, stop it and start it with this; it prints an invitation for them.',
  localCommand: 'Command that serves your network',
  noLinks: 'No links yet',
  linksFailed: 'The links could not be read',
  newLink: 'New link',
  label: 'For whom (only you and other owners see this)',
  labelPlaceholder: 'The board',
  linkRole: 'What its holders may do',
  linkRoles: {
    reader: { name: 'Read', means: 'They see what was last run.' },
    runner: {
      name: 'Read and run',
      means:
        'They also run what is written, unchanged, for themselves, and with it earlier paragraphs that it needs, shown or not: only they see what comes of it. Your page stays as it is.',
    },
  },
  expires: 'Ends',
  ends: { never: 'never', day: 'in a day', week: 'in a week', month: 'in 30 days' },
  password: 'Password (optional)',
  passwordHint: '8 characters or more. Tell it by another way than the link.',
  code: 'Show the code',
  codeHint: 'Without it no source leaves the server: only prose and what was last run.',
  all: 'The whole notebook',
  chosen: 'Chosen paragraphs',
  what: 'What is shown',
  noneChosen: 'Choose at least one paragraph.',
  see: (name: string) => `See it as ${name} does`,
  newEmbed: 'Embed…',
  embedWhat: 'Paragraph',
  origins: 'Sites that may show it, one a line',
  originsHint:
    'Exactly these: https://wiki.example.com lets no page of docs.example.com show it. Without http:// it is https.',
  embedOpen: 'Offer “Open in Gondola”, for those who may',
  embedValues: 'Its address may fill in the forms',
  embedValuesHint:
    'With ?day=2015-01-31 behind it, whoever looks runs the paragraph with that, and earlier paragraphs that it needs, shown or not. Only they see what comes of it.',
  makeEmbed: 'Make the embed',
  embedded: 'Paste this into a page. It is shown this once.',
  frameCode: 'Code of the frame',
  nothingToEmbed: 'Nothing here can be embedded yet.',
  noOrigins: 'Name at least one site.',
  wrongOrigin: (text: string) => `“${text}” is no address of a site such as https://wiki.example.com.`,
  embedName: (paragraph: string) => (paragraph === '' ? 'An embed' : `Embed of “${paragraph}”`),
  embedFacts: (facts: {
    readonly origins: readonly string[];
    readonly values: boolean;
    readonly code: boolean;
    readonly ends: string | undefined;
  }) =>
    [
      `in ${facts.origins.join(', ')}`,
      ...(facts.values ? ['takes values from its address'] : []),
      facts.code ? 'with code' : 'without code',
      facts.ends === undefined ? 'never ends' : `ends ${facts.ends}`,
    ].join(' · '),
  make: 'Make the link',
  making: 'Making it…',
  made: 'The link is shown this once. Copy it now.',
  address: 'Address of the link',
  copy: 'Copy the link',
  copyDo: 'Copy',
  copied: 'Copied',
  done: 'Done',
  linkName: (label: string | undefined) => label ?? 'A link',
  linkFacts: (facts: {
    readonly role: string;
    readonly paragraphs: number | undefined;
    readonly code: boolean;
    readonly password: boolean;
    readonly ends: string | undefined;
  }) =>
    [
      facts.role,
      facts.paragraphs === undefined ? 'whole notebook' : counted(facts.paragraphs, 'paragraph', 'paragraphs'),
      facts.code ? 'with code' : 'without code',
      ...(facts.password ? ['with a password'] : []),
      facts.ends === undefined ? 'never ends' : `ends ${facts.ends}`,
    ].join(' · '),
  linkOver: 'ended',
  withdraw: 'Withdraw',
  withdrawTitle: (name: string) => `Withdraw “${name}”?`,
  withdrawText:
    'It opens nothing from then on, and whoever came by it is out. It cannot be taken back: make another link instead.',
  withdrawn: 'The link opens nothing any more',
};

/** What one may do here, quietly, in the top bar. */
export const roleBadge: Readonly<Record<Role, { readonly text: string; readonly hint: string } | undefined>> = {
  reader: {
    text: 'You can read',
    hint: 'You see this notebook and what is run in it. To change or run it, ask its owner.',
  },
  runner: { text: 'You can run', hint: 'What you run is shown to you alone. To change the notebook, ask its owner.' },
  writer: undefined,
  owner: undefined,
};

export const lost = {
  title: 'This notebook is not yours to see any more',
  text: 'It was deleted, or its owner no longer shares it with you. Nothing of it is left on this page.',
  unsent: (n: number) =>
    `${counted(n, 'edit', 'edits')} of yours had not reached the server and are kept in this browser.`,
  signedOut: 'You are signed out',
  signedOutText: 'Your sign-in ended. Sign in again to go on.',
  signIn: 'Sign in',
};

export const published = {
  empty: 'Nothing of this notebook is shown here yet',
  notRun: 'Not run yet',
  running: 'Runs now; this is what was shown before',
  updated: (when: string) => `As of ${when}`,
  failedTitle: 'This could not be shown',
  notTheirs: 'They may not open this',
  notTheirsText: 'They are told that there is no such notebook, as of one that never was.',
  gone: 'This link opens nothing any more',
  goneText: 'It ended or was withdrawn. Ask whoever gave it to you for another.',
  away: 'No connection to the server: this may be old.',
  by: 'Shown with Gondola',
  paragraph: (n: number) => `Paragraph ${n}`,
  paragraphFailed: (n: number, reference: string) => `Paragraph ${n} failed (reference ${reference}).`,
  lacksAbove: 'It may need what the paragraphs above make: “Run all” runs them in order.',
  stopping: 'stopping…',
  ownAt: (when: string) => `your own run, ${when}`,
  own: 'Your own figures: only you see them.',
  ownUntil: (when: string) => `Without another run they are kept until ${when}.`,
  leave: 'Show what is published',
  ended: 'Your session has ended, and your own figures with it. You see what is published.',
  endedIdle: (minutes: number) =>
    `Nothing was run for ${counted(minutes, 'minute', 'minutes')}, so your own figures are gone. You see what is published.`,
  notLeft: 'Your own figures are still shown',
  notStopped: 'The run could not be stopped',
};

/** As an owner looks how others see a notebook. */
export const preview = {
  as: (name: string) => `As ${name} sees it`,
  none: 'No access',
  close: 'Close',
  onlyLook: 'They can run this. You only look.',
  group: (name: string) => `somebody of ${name}`,
  link: (label: string | undefined) =>
    label === undefined ? 'whoever has the link' : `whoever has the link “${label}”`,
  frame: (name: string) => `whoever sees “${name}”`,
  somebody: 'somebody',
};

export const account = {
  menu: (name: string) => `${name} (you): account`,
  byAddress: 'Here by the printed address',
  roles: {
    owner: 'Owner of this workspace',
    writer: 'Member of this workspace',
    runner: 'Member of this workspace',
    reader: 'Member of this workspace',
  } satisfies Readonly<Record<Role, string>>,
  away: 'The server does not answer',
  change: 'Change your name…',
  password: 'Change your password…',
  audit: 'Audit log',
  signOut: 'Sign out',
  everywhere: 'Sign out everywhere',
  everywhereHint: 'all your browsers',
  passwordTitle: 'Change your password',
  whose: 'Account',
  current: 'Password now',
  next: 'New password',
  again: 'New password again',
  differs: 'The two new passwords differ.',
  passwordHint: (least: number) => `${least} characters or more. Your other browsers are signed out.`,
  passwordDo: 'Change it',
  passwordDone: 'Your password is changed, and your other browsers are signed out',
  wrong: 'That is not your password now.',
  wait: 'Too many attempts. Try again in a while.',
  failed: 'The password could not be changed',
};

export const audit = {
  title: 'Audit log',
  hint: 'Who came in, was let in or shut out, ran, took away and removed what. Nobody can change it.',
  back: 'All notebooks',
  kind: 'What',
  who: 'Who',
  anyKind: 'Everything',
  anyWho: 'Everybody',
  when: 'When',
  what: 'What',
  on: 'On',
  details: 'Details',
  from: 'From',
  more: 'Show older',
  loading: 'Looking…',
  none: 'Nothing has been written down yet',
  noneHint: 'Sign-ins, grants, links, runs, exports and deletions appear here.',
  noneFound: 'Nothing of that kind among what is loaded',
  noneFoundHint: 'Show older entries, or another kind or person.',
  failed: 'The audit log could not be read',
  forbidden: 'The audit log is for the owners of this workspace.',
  workspace: 'the whole workspace',
  events: {
    'sign-in': 'signed in',
    'sign-in-failed': 'sign-in failed',
    'sign-out': 'signed out',
    'link-opened': 'opened a link',
    'account-added': 'added an account',
    'account-changed': 'changed an account',
    'invitation-made': 'invited people',
    'invitation-withdrawn': 'withdrew an invitation',
    'token-made': 'made a token',
    'token-changed': 'changed a token',
    'token-revoked': 'revoked a token',
    granted: 'gave a role',
    'grant-removed': 'took a role',
    'link-made': 'made a link',
    'link-revoked': 'withdrew a link',
    run: 'ran',
    network: 'reached a granted host',
    export: 'exported',
    'notebook-made': 'made a notebook',
    'notebook-moved': 'moved a notebook',
    'notebook-deleted': 'deleted a notebook',
    'notebook-restored': 'restored a notebook',
    'notebook-purged': 'removed a notebook for ever',
    'file-added': 'added a file',
    'file-replaced': 'put a file',
    'file-deleted': 'deleted a file',
    trimmed: 'old entries left for files',
    lost: 'entries were lost',
  } as Readonly<Record<string, string>>,
};
