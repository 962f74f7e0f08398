/** A password from the terminal without echo, or the first line of stdin. Never from the command line: others read that. */
import { UsageError } from '../config.ts';

/** More than any password: what comes is no line. */
const MOST_BYTES = 64 * 1024;

/** Throws UsageError: no terminal, or an empty line. */
export async function readPassword(prompt: string, fromStdin: boolean): Promise<string> {
  const password = fromStdin ? await firstLine() : await ask(prompt);
  if (password === '') throw new UsageError('the password is empty.');
  return password;
}

async function firstLine(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > MOST_BYTES) break;
  }
  return (text.split('\n', 1)[0] ?? '').replace(/\r$/, '');
}

async function ask(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY)
    throw new UsageError('there is no terminal to ask for the password: give it with --password-stdin.');
  stderr.write(prompt);
  stdin.setRawMode(true).setEncoding('utf8').resume();
  try {
    return await typed();
  } finally {
    stdin.setRawMode(false).pause();
    stderr.write('\n');
  }
}

/** Raw keys until Enter: backspace takes one back, Ctrl-U all; Ctrl-C and Ctrl-D end it. */
function typed(): Promise<string> {
  return new Promise((resolve, reject) => {
    let letters: string[] = [];
    const done = (finish: () => void): void => {
      process.stdin.off('data', onData);
      finish();
    };
    const onData = (chunk: string | Buffer): void => {
      for (const key of String(chunk)) {
        if (key === '\r' || key === '\n') done(() => resolve(letters.join('')));
        else if (key === '\u0003' || key === '\u0004') done(() => reject(new UsageError('nothing was changed.')));
        else if (key === '\u007f' || key === '\b') letters.pop();
        else if (key === '\u0015') letters = [];
        else letters.push(key);
      }
    };
    process.stdin.on('data', onData);
  });
}
