/** A range of bytes that somebody asks for, by RFC 9110: 14.1 and 13.1.5. Several ranges, or none that is understood, give the whole. */
import { Readable } from 'node:stream';
import { AppError, errorBody } from '../errors.ts';
import type { Prepared } from '../results/downloads.ts';
import type { Answer } from './route.ts';

export type Range =
  | { readonly is: 'whole' }
  | { readonly is: 'part'; readonly start: number; readonly end: number }
  /** Nothing of it is there. */
  | { readonly is: 'beyond' };

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `etag`: of what stands there now. A range of something else is no use to anyone. */
export function rangeOf(headers: Headers, size: number, etag: string): Range {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== etag) return { is: 'whole' };
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(String(headers.range ?? '')) ?? [];
  if (first === '' && last === '') return { is: 'whole' };
  if (first === '') {
    const count = Number(last);
    return count === 0 || size === 0
      ? { is: 'beyond' }
      : { is: 'part', start: Math.max(0, size - count), end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return { is: 'whole' };
  if (start >= size) return { is: 'beyond' };
  return { is: 'part', start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

type Ranged = Pick<Prepared, 'contentType' | 'bytes' | 'etag' | 'read'>;

/** What stands there as it is asked for. Undefined where it went meanwhile. */
export async function ranged(of: Ranged, headers: Headers, method: string): Promise<Answer | undefined> {
  const { contentType, bytes, etag } = of;
  const range = rangeOf(headers, bytes, etag);
  if (range.is === 'beyond') return beyond(bytes);
  const [start, end] = range.is === 'part' ? [range.start, range.end] : [0, bytes - 1];
  const common = {
    etag,
    'accept-ranges': 'bytes',
    'content-type': contentType,
    'content-length': String(end - start + 1),
    ...(range.is === 'part' ? { 'content-range': `bytes ${start}-${end}/${bytes}` } : {}),
  };
  const status = range.is === 'part' ? 206 : 200;
  if (method === 'HEAD' || bytes === 0) return { status, headers: common, body: Readable.from([]) };
  const body = await of.read({ start, end });
  return body && { status, headers: common, body };
}

export const beyond = (size: number): Answer => ({
  status: 416,
  headers: { 'content-range': `bytes */${size}` },
  body: errorBody(new AppError('range-beyond', `${size}`)),
});
