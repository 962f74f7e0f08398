import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFrame } from '../../../client/frame/build.ts';
import { createStatic } from '../../../server/http/static.ts';

let folder: string;
let path: string;
let html: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-static-'));
  mkdirSync(join(folder, 'assets'));
  const { frame } = await buildFrame();
  ({ path, source: html } = frame);
  writeFileSync(join(folder, path), html);
  writeFileSync(join(folder, 'assets', 'main.js'), 'x');
});
afterAll(() => rmSync(folder, { recursive: true }));

it('gives the document of frames an opaque origin, and lets its own script run alone', async () => {
  const found = await createStatic(folder).find(`/${path}`, 'br');
  const policy = new Map(
    (found?.headers['content-security-policy'] ?? '').split('; ').map((part): [string, string] => {
      const [name = '', ...values] = part.split(' ');
      return [name, values.join(' ')];
    }),
  );
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
  expect(scripts).toHaveLength(1);
  const hash = createHash('sha256').update(scripts[0]!).digest('base64');
  expect(Object.fromEntries(policy)).toEqual({
    sandbox: 'allow-scripts',
    'default-src': "'none'",
    'script-src': `'sha256-${hash}'`,
    'worker-src': 'blob:',
    'style-src': "'unsafe-inline'",
    'img-src': 'data: blob:',
    'font-src': 'data:',
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'self'",
  });
  expect(found?.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(found?.headers['x-frame-options']).toBe('SAMEORIGIN');
});

it('gives no other file a policy of its own', async () => {
  const found = await createStatic(folder).find('/assets/main.js', undefined);
  expect(found?.headers['content-security-policy']).toBeUndefined();
});

it('holds no address in the frame: it is one document that asks for nothing', () => {
  expect(html).not.toMatch(/\b(src|href)=|url\(|https?:\/\//);
});
