import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dashed, readConfig, settings, UsageError } from '../../server/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-config-'));
  mkdirSync(join(folder, '.gondola'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));

function refusal(act: () => unknown): { message: string; exitCode: number } {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return { message: error.message, exitCode: error.exitCode };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the configuration', () => {
  it('takes the command line before the environment before the files', () => {
    write('.gondola/server.json', { port: 1, log: 'error' });
    write('gondola.json', { title: 'Files', timezone: 'Asia/Seoul' });
    const config = readConfig(
      folder,
      { port: '3' },
      { GONDOLA_PORT: '2', GONDOLA_LOG: 'debug', GONDOLA_TITLE: 'Mine' },
    );
    expect(config).toMatchObject({ port: 3, log: 'debug', title: 'Mine', timezone: 'Asia/Seoul', host: '127.0.0.1' });
  });

  it('lets no notebook folder open a door', () => {
    for (const [key, setting] of Object.entries(settings)) {
      if (setting.place !== 'doors') continue;
      write('gondola.json', { [key]: 'x' });
      expect(refusal(() => readConfig(folder, {}, {})).message).toContain(`"${key}"`);
    }
  });

  it('refuses hosts beyond loopback with exit code 3 unless there is TLS, or --insecure-http', () => {
    const long = { GONDOLA_TOKEN: 'a'.repeat(20) };
    for (const host of ['0.0.0.0', '::', '10.0.0.7', 'data.example']) {
      const refused = refusal(() => readConfig(folder, { host }, long));
      expect([refused.exitCode, refused.message]).toEqual([3, expect.stringContaining('--tls self')]);
      for (const way of [{ tls: 'self' }, { tls: 'a.pem,b.pem' }, { proxy: '10.0.0.1' }, { insecureHttp: true }])
        expect(readConfig(folder, { host, ...way }, {}).host).toBe(host);
    }
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost'])
      expect(readConfig(folder, { host }, {}).host).toBe(host);
  });

  it('serves the local network by one flag: all addresses, by a certificate of its own unless there is another', () => {
    expect(readConfig(folder, { lan: true }, {})).toMatchObject({ host: '0.0.0.0', tls: { kind: 'self' } });
    expect(readConfig(folder, { lan: true, host: '10.0.0.7', tls: 'a.pem,b.pem' }, {})).toMatchObject({
      host: '10.0.0.7',
      tls: { kind: 'files' },
    });
  });

  it('takes what is no text as JSON from the command line and the environment, as it is from files', () => {
    const network = [{ notebooks: 'reports/**', hosts: ['api.example.com:443'] }];
    const text = JSON.stringify(network);
    const expected = [{ notebooks: 'reports/**', hosts: [{ host: 'api.example.com', port: 443, private: false }] }];
    expect(readConfig(folder, { network: text }, {}).network).toEqual(expected);
    expect(readConfig(folder, {}, { GONDOLA_NETWORK: text }).network).toEqual(expected);
    expect(refusal(() => readConfig(folder, {}, { GONDOLA_NETWORK: '[{' })).message).toContain(
      'GONDOLA_NETWORK: "network"',
    );
    write('.gondola/server.json', { network });
    expect(readConfig(folder, {}, {}).network).toEqual(expected);
  });

  it('takes proxies as addresses and networks, and none that is everybody', () => {
    for (const proxy of ['10.0.0.1', '10.0.0.0/8, ::1', 'fd00::/8', ''])
      expect(readConfig(folder, { proxy }, {}).proxy).toEqual(proxy.split(', ').filter(Boolean));
    for (const proxy of ['0.0.0.0/0', '::/0', 'proxy.example', '10.0.0.0/33', '10.0.0/8', '10.0.0.1/8/8', '*'])
      expect([proxy, refusal(() => readConfig(folder, { proxy }, {})).exitCode]).toEqual([proxy, 2]);
  });

  it('refuses a token that could be guessed where others reach the server', () => {
    const short = { GONDOLA_TOKEN: 'a'.repeat(19) };
    expect(refusal(() => readConfig(folder, { host: '0.0.0.0', insecureHttp: true }, short)).exitCode).toBe(3);
    expect(refusal(() => readConfig(folder, { allowHost: 'data.example' }, short)).exitCode).toBe(3);
    expect(readConfig(folder, {}, short).token).toBe(short.GONDOLA_TOKEN);
    expect(readConfig(folder, { allowHost: 'data.example' }, {}).token).toBeUndefined();
  });

  it('names the place and what was expected where a value is wrong', () => {
    expect(refusal(() => readConfig(folder, { port: 'many' }, {})).message).toBe(
      '--port: "port" should be a number from 0 to 65535, not "many".',
    );
    expect(refusal(() => readConfig(folder, {}, { GONDOLA_TIMEZONE: 'Mars/Olympus' })).message).toContain(
      'GONDOLA_TIMEZONE',
    );
    writeFileSync(join(folder, 'gondola.json'), '{ "title": ');
    expect(refusal(() => readConfig(folder, {}, {})).message).toContain('gondola.json is not JSON');
    writeFileSync(join(folder, 'gondola.json'), '[]');
    expect(refusal(() => readConfig(folder, {}, {})).message).toContain('one JSON object');
  });

  it('says which folder is missing, or is none', () => {
    expect(refusal(() => readConfig(join(folder, 'nowhere'), {}, {}))).toMatchObject({ exitCode: 2 });
    writeFileSync(join(folder, 'file'), '');
    expect(refusal(() => readConfig(join(folder, 'file'), {}, {})).message).toContain('is a file, not a folder');
  });

  it('reads sizes as people write them', () => {
    expect(readConfig(folder, { memory: '1.5 GB' }, {}).memory).toBe(1.5 * 2 ** 30);
    expect(readConfig(folder, { memory: '512m' }, {}).memory).toBe(512 * 2 ** 20);
    expect(refusal(() => readConfig(folder, { memory: '-1' }, {})).message).toContain('a size like 8GB');
  });

  it('is documented, setting by setting', () => {
    const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'configuration.md'), 'utf8');
    const rows = new Map(
      [...docs.matchAll(/^\| `(\w+)` \| `--([a-z-]+)` \| `(\w+)` \| ([^|]+) \| [^|]+ \| ([^|]+) \|$/gm)].map((row) => [
        row[1],
        row,
      ]),
    );
    expect([...rows.keys()].sort()).toEqual(Object.keys(settings).sort());
    for (const [key, setting] of Object.entries(settings)) {
      const [, , option, variable, expects, says] = rows.get(key)!;
      expect([option, variable, expects?.trim(), says?.trim()]).toEqual([
        dashed(key),
        setting.env,
        setting.expects,
        setting.says,
      ]);
    }
  });
});
