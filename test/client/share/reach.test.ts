import { describe, expect, it } from 'vitest';
import { originFor } from '../../../client/share/reach.ts';
import { serveCommand } from '../../../server/protocol/serve-command.ts';

const at = (origin: string) => ({ origin, hostname: new URL(origin).hostname });

describe('the address of a link', () => {
  it('is the server’s as others have it where this page’s means nothing to them', () => {
    const reach = { others: ['https://192.0.2.2:4321', 'https://data.example'] };
    for (const own of ['https://127.0.0.1:4321', 'http://localhost:4321', 'https://[::1]:4321'])
      expect([own, originFor(at(own), reach)]).toEqual([own, 'https://192.0.2.2:4321']);
    expect(originFor(at('https://data.example'), reach)).toBe('https://data.example');
    for (const unknown of [{ others: [] }, undefined])
      expect(originFor(at('http://127.0.0.1:4321'), unknown)).toBe('http://127.0.0.1:4321');
  });
});

describe('the command that serves the network', () => {
  it('names the folder as a shell takes it', () => {
    expect(serveCommand(undefined)).toBe('npx gondola serve DIR --lan');
    expect(serveCommand('/home/ada/notebooks')).toBe('npx gondola serve /home/ada/notebooks --lan');
    expect(serveCommand("/home/ada/it's mine; $(x)")).toBe(`npx gondola serve '/home/ada/it'\\''s mine; $(x)' --lan`);
  });
});
