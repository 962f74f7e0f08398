import { describe, expect, it } from 'vitest';
import { originOf } from '../../../server/access/embeds.ts';

describe('an origin that may embed', () => {
  it('is written as browsers write origins', () => {
    for (const text of [
      'https://wiki.example.com',
      'https://wiki.example.com:8443',
      'http://localhost:8080',
      'http://127.0.0.1:3000',
      'https://xn--bcher-kva.example',
      'http://intranet',
    ])
      expect(originOf(text)).toBe(text);
  });

  it('is nothing else: no path, no wildcard, no other scheme, nothing that would end a policy or add to it', () => {
    for (const text of [
      '',
      '*',
      'https://*',
      'https://*.example.com',
      'wiki.example.com',
      '//wiki.example.com',
      'https://wiki.example.com/',
      'https://wiki.example.com/page',
      'https://wiki.example.com?x',
      'https://wiki.example.com#x',
      'https://me@wiki.example.com',
      'https://me:secret@wiki.example.com',
      'HTTPS://wiki.example.com',
      'https://Wiki.example.com',
      'https://wiki.example.com:443',
      'http://wiki.example.com:80',
      'https://wiki.example.com:99999',
      'https://wiki.example.com:',
      'https://wiki..example.com',
      'https://wiki.example.com.',
      'https://-wiki.example.com-',
      'https://[::1]',
      'https://1.2.3',
      'https://0x7f.1',
      'https://büch.example',
      "https://a.example 'self'",
      'https://a.example; script-src *',
      'https://a.example,https://b.example',
      'https://a.example\nx: y',
      ' https://a.example',
      'https://a.example ',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc',
      'null',
      'ftp://a.example',
      `https://${'a'.repeat(400)}.example`,
    ])
      expect([text, originOf(text)]).toEqual([text, undefined]);
  });
});
