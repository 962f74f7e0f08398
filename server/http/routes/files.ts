/** Files of `data/` folders, streamed both ways at any size. Paths are checked by the workspace. */
import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import type { DataFile } from '../../workspace/contract.ts';
import { beyond, rangeOf } from '../range.ts';
import { route } from '../route.ts';
import { Time } from '../schemas.ts';
import { targetOf } from '../targets.ts';

const tag = 'files';
const WithPath = Type.Object({
  path: Type.String({ minLength: 1, maxLength: 4000, description: 'Relative to the workspace, ending in data/NAME' }),
});
const File = Type.Object({
  name: Type.String(),
  folder: Type.String(),
  path: Type.String(),
  bytes: Type.Integer(),
  changed: Time,
});

const show = ({ name, folder, path, bytes, changed }: DataFile) => ({ name, folder, path, bytes, changed });
const etagOf = ({ bytes, changed }: DataFile): string => `"${bytes.toString(36)}-${Math.round(changed).toString(36)}"`;

export const fileRoutes = [
  route({
    method: 'GET',
    path: '/files/*',
    action: 'files.read',
    target: 'file',
    tag,
    summary: 'Download a data file; one range of bytes is honoured',
    params: WithPath,
    answers: { 200: 'application/octet-stream', 206: 'application/octet-stream', 304: '', 416: 'application/json' },
    async handle({ params, services, headers, method, access, who }) {
      const file = await services.workspace.data.stat(params.path);
      const etag = etagOf(file);
      const common = {
        etag,
        'accept-ranges': 'bytes',
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      };
      if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
      const asked = rangeOf(headers, file.bytes, etag);
      if (asked.is === 'beyond') return beyond(file.bytes);
      const range = asked.is === 'part' ? asked : undefined;
      const length = range ? range.end - range.start + 1 : file.bytes;
      const head = {
        ...common,
        'content-length': String(length),
        ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${file.bytes}` } : {}),
      };
      const status = range ? 206 : 200;
      if (method === 'HEAD' || length === 0) return { status, headers: head, body: Readable.from([]) };
      access.audit.note({ event: 'export', by: who, on: params.path });
      const { content } = await services.workspace.data.read(params.path, range);
      return { status, headers: head, body: content };
    },
  }),
  route({
    method: 'PUT',
    path: '/files/*',
    action: 'files.add',
    target: 'file',
    tag,
    summary: 'Store a data file; with If-None-Match: * a taken name becomes NAME-2, else the file is replaced',
    params: WithPath,
    takes: 'stream',
    headers: Type.Object({ 'if-none-match': Type.Optional(Type.Literal('*')) }),
    answers: { 201: File },
    async handle({ params, services, headers, stream, signal, require, access, who }) {
      const replace = headers['if-none-match'] !== '*';
      if (replace) require('files.replace', targetOf('file', params, services));
      const file = await services.workspace.data.write(params.path, stream, { replace, signal });
      access.audit.note({ event: replace ? 'file-replaced' : 'file-added', by: who, on: file.path });
      return { status: 201, body: show(file) };
    },
  }),
  route({
    method: 'POST',
    path: '/files/*',
    action: 'files.add',
    target: 'file',
    tag,
    summary: 'Upload a data file beside others; a taken name becomes NAME-2',
    params: WithPath,
    takes: 'stream',
    answers: { 201: File },
    async handle({ params, services, stream, signal, access, who }) {
      const file = await services.workspace.data.write(params.path, stream, { signal });
      access.audit.note({ event: 'file-added', by: who, on: file.path });
      return { status: 201, body: show(file) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/files/*',
    action: 'files.replace',
    target: 'file',
    tag,
    summary: 'Remove a data file',
    params: WithPath,
    answers: { 204: '' },
    async handle({ params, services, access, who }) {
      await services.workspace.data.remove(params.path);
      access.audit.note({ event: 'file-deleted', by: who, on: params.path });
      return {};
    },
  }),
];
