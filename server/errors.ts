/**
 * The catalogue of errors: each has a stable code, a status, what was expected, and a hint what to do.
 * `docs/errors.md` lists them and is compared with this file by a test. Interpreters have their own codes
 * (`interpreters/errors.ts`); those are outputs of runs, not answers of the server.
 */
type Entry = { readonly status: number; readonly message: string; readonly hint: string };

export const catalogue = {
  'bad-request': {
    status: 400,
    message: 'The request is not well formed: {detail}',
    hint: 'See /api/v1/openapi.json for what this call takes.',
  },
  'unknown-form': {
    status: 400,
    message: '{detail}',
    hint: 'Its forms are listed by GET /api/v1/notebooks/ID/forms.',
  },
  'form-value': {
    status: 400,
    message: '{detail}',
    hint: 'Give the form a value of its type, within its bounds.',
  },
  'form-option': {
    status: 400,
    message: '{detail}',
    hint: 'Choose one of its options.',
  },
  'options-failed': {
    status: 422,
    message: 'The options of the form can’t be read: {detail}',
    hint: 'They are the rows of its query; the tables that it names have to be there: run the notebook first.',
  },
  unauthorised: {
    status: 401,
    message: 'This needs a sign-in or a token.',
    hint: 'Open the address that the server printed, or send "Authorization: Bearer TOKEN".',
  },
  'foreign-origin': {
    status: 403,
    message: 'The request comes from another site ({detail}).',
    hint: 'Open Gondola at its own address.',
  },
  'foreign-host': {
    status: 421,
    message: 'This server does not answer for the host {detail}.',
    hint: 'Use the printed address, or name the host with --allow-host.',
  },
  'plain-http': {
    status: 426,
    message: 'This server is spoken to by https:// alone.',
    hint: 'Use the same address with https://. Behind a proxy, name it with --proxy and let it send X-Forwarded-Proto.',
  },
  forbidden: {
    status: 403,
    message: 'Your role does not allow this: {detail}.',
    hint: 'Ask an owner for another role, or use a token that may.',
  },
  'not-found': {
    status: 404,
    message: 'There is no such {detail}, or it is not yours.',
    hint: 'Check the id; the list of notebooks shows those you may see.',
  },
  'not-acceptable-path': {
    status: 400,
    message: 'The path {detail} is not allowed.',
    hint: 'Use a relative path inside the workspace, without "..", and ending as this call wants.',
  },
  'already-exists': { status: 409, message: 'There is already something at {detail}.', hint: 'Choose another name.' },
  'unparsable-notebook': {
    status: 422,
    message: 'The text is no notebook: {detail}',
    hint: 'Mend the line named, or open the file in an editor.',
  },
  'precondition-required': {
    status: 428,
    message: 'This change needs If-Match.',
    hint: 'Send the ETag of what you changed, or * for what stands there now.',
  },
  'precondition-failed': {
    status: 412,
    message: 'The base text is not known any more.',
    hint: 'GET the text again and apply your change to it.',
  },
  'changed-meanwhile': {
    status: 412,
    message: 'Somebody else changed this meanwhile.',
    hint: 'Make your change to what stands there now, which came with this.',
  },
  'sign-out-held': {
    status: 507,
    message: 'You are signed out, but that could not be written to disk.',
    hint: 'It is written as soon as the disk takes it; if the server is restarted before, sign out once more.',
  },
  'payload-too-large': { status: 413, message: 'The body is larger than {detail}.', hint: 'Send less at once.' },
  'head-too-large': {
    status: 431,
    message: 'The head of the request is larger than {detail}.',
    hint: 'Send a shorter address, and fewer or shorter headers and cookies.',
  },
  'too-slow': {
    status: 408,
    message: 'The request did not come whole in time.',
    hint: 'Send it again; a body must keep coming.',
  },
  'unsupported-media-type': {
    status: 415,
    message: 'The content type {detail} is not taken here.',
    hint: 'Send application/json, or what the call names.',
  },
  'range-beyond': {
    status: 416,
    message: 'The range begins beyond the {detail} bytes that there are.',
    hint: 'What you have may be the whole already: compare its length.',
  },
  'not-prepared': {
    status: 507,
    message: 'The download can’t be prepared: {detail}.',
    hint: 'GET its rows without preparing them: they come as they are made, without a length and without ranges.',
  },
  'result-gone': {
    status: 410,
    message: 'The rows of this result were removed to stay within the budget.',
    hint: 'Run the paragraph again.',
  },
  'kept-result-gone': {
    status: 409,
    message: 'The kept result can’t be used: it was removed, or what a run would read is not what it was.',
    hint: 'Run the paragraph.',
  },
  'source-changed': {
    status: 410,
    message: 'The file that this result shows was written into after the run.',
    hint: 'Run the paragraph again.',
  },
  'result-unreadable': {
    status: 500,
    message: 'The rows of this result could not be read: {detail}',
    hint: 'Run the paragraph again; gondola check says what is damaged.',
  },
  'result-open': {
    status: 409,
    message: 'The rows of this result are still being written.',
    hint: 'Wait for the run to end; its first rows are shown already.',
  },
  'unknown-column': {
    status: 400,
    message: 'The result has no column {detail}.',
    hint: 'GET the result for its columns.',
  },
  'dependency-cycle': {
    status: 409,
    message: 'These need each other, so none can go first: {detail}.',
    hint: 'Let one of them read something else, or run them one by one.',
  },
  'name-unfit': {
    status: 400,
    message: 'No result can be called {detail}.',
    hint: 'A name begins with a letter or _, and holds letters, digits and _, 63 of them at most.',
  },
  'name-in-use': {
    status: 409,
    message: 'The name is in use: {detail}.',
    hint: 'Choose another name, or rename the other one first.',
  },
  'storage-read-only': {
    status: 507,
    message: 'The server cannot write: {detail}',
    hint: 'Free space on its disk; it goes on by itself.',
  },
  'quota-exceeded': {
    status: 507,
    message: 'The result alone is larger than the budget for all results, {detail}.',
    hint: 'Ask for fewer rows or columns, or raise GONDOLA_WORKSPACE_BUDGET.',
  },
  'versions-full': {
    status: 507,
    message: 'The versions of this notebook take more than {detail}.',
    hint: 'Take the names from versions that nobody needs, then try again.',
  },
  'notebook-damaged': {
    status: 500,
    message: 'The store of this notebook is damaged: {detail}',
    hint: 'Run gondola check; the file and the other notebooks are not touched.',
  },
  'update-refused': {
    status: 400,
    message: 'An edit was refused: {detail}',
    hint: 'Reload the page; what was typed is kept as a draft.',
  },
  'code-refused': {
    status: 403,
    message: 'This server runs no code: {detail}',
    hint: 'Install bubblewrap, or serve on loopback.',
  },
  'unknown-interpreter': {
    status: 400,
    message: 'There is no interpreter {detail}.',
    hint: 'Choose one of the list: type / in an empty paragraph.',
  },
  'too-many-outputs': {
    status: 413,
    message: 'Only the first outputs of the run are kept: {detail}.',
    hint: 'Split the paragraph, or print less.',
  },
  'session-failed': {
    status: 500,
    message: 'The session could not be started: {detail}',
    hint: 'Restart the session; the server’s log says more.',
  },
  'places-taken': {
    status: 429,
    message: 'No place is free to run in: {detail}.',
    hint: 'What you see stays as it is. Try again in a minute: there is room as soon as one of these runs has ended.',
  },
  'too-many': { status: 429, message: 'Too many at once: {detail}', hint: 'Wait a moment and try again.' },
  unavailable: { status: 503, message: 'The server is stopping.', hint: 'Try again when it is back.' },
  internal: {
    status: 500,
    message: 'Something went wrong inside Gondola (reference {detail}).',
    hint: 'The server’s log has the details under this reference.',
  },
} as const satisfies Record<string, Entry>;

/**
 * Failures that the server itself puts into a run, beside those above: what a session passed or lost. The hint here stands
 * where the failure has none of its own.
 */
export const runFailures = {
  'memory-limit': 'Read fewer columns or rows, aggregate earlier, or give sessions more memory.',
  'time-limit': 'Work on less data, or split the paragraph.',
  'output-limit': 'Show less: filter, aggregate, or write a file.',
  'disk-limit': 'Free space, or restart and clear the session.',
  'process-gone': 'Run it again: a new process starts.',
  'result-refused': 'Run it again; if it fails again, restart the session.',
  'source-too-long': 'Put the data into a file.',
  'too-many-calls': 'Wait for some of what the run asks before asking for more.',
  'paragraph-failed': 'Ask whoever shared it with you, and tell them the reference.',
} as const satisfies Readonly<Record<string, string>>;

export type ErrorCode = keyof typeof catalogue;

/** An expected failure on its way to whoever asked. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly hint: string;
  constructor(code: ErrorCode, detail = '', options?: ErrorOptions) {
    const entry: Entry = catalogue[code];
    super(
      entry.message.replace('{detail}', () => detail),
      options,
    );
    this.code = code;
    this.status = entry.status;
    this.hint = entry.hint;
  }
}

/** `request`: what the log calls it, for failures of the server itself. */
export const errorBody = (error: AppError, request?: string) => ({
  error: {
    code: error.code,
    message: error.message,
    hint: error.hint,
    ...(request !== undefined && error.status >= 500 ? { request } : {}),
  },
});
