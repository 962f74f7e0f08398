/** Words of sharing. */
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
