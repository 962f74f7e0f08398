/**
 * Pictures of `data/` that prose shows, to be put into a report that is a file. A name leads where the code of the notebook
 * finds it, in the folder's `data/` or the nearest one above that has it, through the checks of the workspace: never elsewhere.
 * What it is is told by its first bytes, not by its name, so that nothing but a picture leaves the server so.
 */
import type { Readable } from 'node:stream';
import MarkdownIt from 'markdown-it';
import { AppError } from '../errors.ts';
import type { ImageType } from '../protocol/outputs.ts';
import { FILE_PICTURE, FILE_TEXT, type FilePicture } from '../protocol/report/file.ts';
import { pictureName } from '../protocol/report/picture.ts';
import type { DataFiles } from '../workspace/contract.ts';
import { folderOf } from '../workspace/scan.ts';
import { readWhole, TooMuch } from './read.ts';

/** Pictures that one text shows: more are no report. */
const MOST_PICTURES = 200;

export type PictureFiles = {
  /** Undefined where the notebook sees no such file. */
  open(name: string): Promise<{ readonly content: Readable; readonly bytes: number } | undefined>;
};

/** `path`: of the notebook in its workspace. */
export function picturesOf(path: string, data: Pick<DataFiles, 'read'>): PictureFiles {
  return {
    async open(name) {
      for (let folder = folderOf(path); ; folder = folderOf(folder)) {
        try {
          const { file, content } = await data.read(folder === '' ? `data/${name}` : `${folder}/data/${name}`);
          return { content, bytes: file.bytes };
        } catch (error) {
          // Absent here, gone meanwhile, not to be read, or no name that anything could have.
          if (!(error instanceof AppError || isOfSystem(error))) throw error;
        }
        if (folder === '') return undefined;
      }
    },
  };
}

const isOfSystem = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && typeof error.syscall === 'string';

// HTML in prose is text, as on the page.
const parser = new MarkdownIt({ html: false });

/** Names of the pictures of `data/` that a text shows, each once; what is behind `FILE_TEXT` is in no report. */
export function pictureNames(whole: string): readonly string[] {
  const text = whole.slice(0, FILE_TEXT);
  if (!text.includes('data/')) return [];
  const names = new Set<string>();
  const look = (tokens: ReturnType<typeof parser.parse>): void => {
    for (const { type, children, attrs } of tokens) {
      const address = type === 'image' ? attrs?.find(([key]) => key === 'src')?.[1] : undefined;
      const name = address === undefined ? undefined : pictureName(String(address));
      if (name !== undefined) names.add(name);
      if (children) look(children);
    }
  };
  look(parser.parse(text, {}));
  return [...names].slice(0, MOST_PICTURES);
}

/** One of more than `most` bytes is not read. */
export async function readPicture(name: string, files: PictureFiles, most = FILE_PICTURE): Promise<FilePicture> {
  const found = await files.open(name);
  if (!found) return { left: 'absent' };
  const { content, bytes } = found;
  if (bytes > most) {
    content.destroy();
    return { left: 'size' };
  }
  try {
    const held = await readWhole(Promise.resolve({ body: content }), most);
    const type = pictureType(held);
    return type ? { type, data: held.toString('base64') } : { left: 'kind' };
  } catch (error) {
    // It grew meanwhile.
    if (error instanceof TooMuch) return { left: 'size' };
    // A folder far away: the report is there without it.
    if (isOfSystem(error)) return { left: 'absent' };
    throw error;
  }
}

const begins = (bytes: Uint8Array, sign: readonly number[], at = 0): boolean =>
  sign.every((byte, index) => bytes[at + index] === byte);
const ASCII = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];

/** By its first bytes, as the formats have them; SVG by its root. */
export function pictureType(bytes: Uint8Array): ImageType | undefined {
  if (begins(bytes, [0x89, ...ASCII('PNG\r\n\x1a\n')])) return 'image/png';
  if (begins(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  if (begins(bytes, ASCII('GIF87a')) || begins(bytes, ASCII('GIF89a'))) return 'image/gif';
  if (begins(bytes, ASCII('RIFF')) && begins(bytes, ASCII('WEBP'), 8)) return 'image/webp';
  return isVector(bytes) ? 'image/svg+xml' : undefined;
}

/** Bytes before its root: a licence. */
const MOST_HEAD = 10_000;

/** What may stand before the root, each with how it ends. */
const BEFORE = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<!DOCTYPE', '>'],
] as const;

function isVector(bytes: Uint8Array): boolean {
  let head = Buffer.from(bytes.subarray(0, MOST_HEAD))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  for (;;) {
    head = head.trimStart();
    const part = BEFORE.find(([begin]) => head.startsWith(begin));
    if (!part) return /^<svg[\s>/]/.test(head);
    const end = head.indexOf(part[1], part[0].length);
    if (end < 0) return false;
    head = head.slice(end + part[1].length);
  }
}
