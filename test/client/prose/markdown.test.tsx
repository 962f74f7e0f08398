import { describe, expect, it } from 'vitest';
import { isLink, pictureAddress } from '../../../client/prose/links.ts';
import { createRenderer, slugOf } from '../../../client/prose/markdown.ts';

const render = createRenderer();

function page(source: string, folder = ''): HTMLElement {
  const host = document.createElement('div');
  host.innerHTML = render(source, folder).html;
  return host;
}

describe('Markdown', () => {
  it('shows tables, task lists and coloured code', () => {
    const host = page('| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] to do\n- plain\n\n```sql\nselect 1\n```\n');
    expect(host.querySelectorAll('table td')).toHaveLength(2);
    const boxes = [...host.querySelectorAll<HTMLInputElement>('li.task > input')];
    expect(boxes.map((box) => [box.checked, box.disabled])).toEqual([
      [true, true],
      [false, true],
    ]);
    expect(host.querySelectorAll('li')[0]!.textContent).toBe(' done');
    expect(host.querySelector('pre code .code-keyword')?.textContent).toBe('select');
  });

  it('holds formulas as text until they are set', () => {
    const { html, hasMath } = render('Euler: $e^{i\\pi} < 0$ and $$\n\\int_0^1\n$$');
    const host = document.createElement('div');
    host.innerHTML = html;
    expect(hasMath).toBe(true);
    expect([...host.querySelectorAll('.math')].map((each) => each.textContent)).toEqual(['e^{i\\pi} < 0', '\\int_0^1']);
    expect(host.querySelector('.math-display')?.textContent).toBe('\\int_0^1');
  });

  it('takes prices for prices', () => {
    expect(render('It costs $5 and then $10, or \\$1.').hasMath).toBe(false);
    expect(render('`$x$`').hasMath).toBe(false);
  });

  it('gives headings ids, each its own', () => {
    const host = page('# Why? 왜\n## Why? 왜\n### <b>x</b>');
    expect([...host.querySelectorAll('h1, h2, h3')].map(({ id }) => id)).toEqual([
      'heading-why-왜',
      'heading-why-왜-2',
      'heading-b-x-b',
    ]);
    expect(slugOf('location')).toBe('heading-location');
  });

  it('leads out of the page without telling where from', () => {
    const link = page('[a](https://example.org/x?y=1)').querySelector('a')!;
    expect(link.getAttribute('href')).toBe('https://example.org/x?y=1');
    expect(link.rel).toBe('noopener noreferrer');
    expect(link.target).toBe('_blank');
    expect(page('[a](#k3f9)').querySelector('a')!.target).toBe('');
    expect(page('see https://example.org').querySelector('a')!.textContent).toBe('https://example.org');
    expect(page('see notes.md').querySelector('a')).toBeNull();
  });

  it('shows pictures of the notebook’s data, and those in the text', () => {
    expect(page('![plot](data/plot.png)', 'team/q1').querySelector('img')!.getAttribute('src')).toBe(
      '/api/v1/files/team/q1/data/plot.png',
    );
    expect(page('![plot](data:image/png;base64,iVBORw0KGgo=)').querySelector('img')).not.toBeNull();
    expect(pictureAddress('./data/한 글.png', '')).toBe('/api/v1/files/data/%ED%95%9C%EA%B8%80.png');
  });

  it('makes a link of a picture that lies elsewhere', () => {
    const host = page('![tracker](https://evil.example/pixel.gif)');
    expect(host.querySelector('img')).toBeNull();
    expect(host.querySelector('a')?.textContent).toBe('tracker');
  });
});

/** By what each tries; all must show as harmless text or a dead link. */
const HOSTILE: readonly string[] = [
  // Markup
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<form action="https://evil.example"><input name=x></form>',
  '<style>@import "https://evil.example/x.css"</style>',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<!--><script>alert(1)</script-->',
  '<div id="heading-x" style="position:fixed;inset:0">covered</div>',
  // Addresses
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java&#115;cript:alert(1))',
  '[x](java&#x09;script:alert(1))',
  '[x](&#1;javascript:alert(1))',
  '[x](<java\tscript:alert(1)>)',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)',
  '[x](blob:https://evil.example/1)',
  '[x](file:///etc/passwd)',
  '[x][r]\n\n[r]: javascript:alert(1)',
  '<javascript:alert(1)>',
  // Pictures
  '![x](https://evil.example/p.gif)',
  '![x](//evil.example/p.gif)',
  '![x](\\\\evil.example\\p.gif)',
  '![x](javascript:alert(1))',
  '![x](data:text/html,<script>alert(1)</script>)',
  '![x](/api/v1/runs/1)',
  '![x](data/../../secret.png)',
  // Breaking out of attributes
  '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
  '![" onerror="alert(1)](data/x.png)',
  '![x](data/x.png" onerror="alert(1))',
  '```" onmouseover="alert(1)\nx\n```',
  '```sql"><img src=x onerror=alert(1)>\nselect 1\n```',
  '```constructor\n<img src=x onerror=alert(1)>\n```',
  '# " onmouseover="alert(1)',
  // Inside what is coloured or set
  '```sql\n<img src=x onerror=alert(1)>\n```',
  '```typescript\n`${"<script>alert(1)</script>"}`\n```',
  '```markdown\n[x](javascript:alert(1)) <script>\n```',
  '$<img src=x onerror=alert(1)>$',
  '$$</span><script>alert(1)</script>$$',
  '`<img src=x onerror=alert(1)>`',
  '| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |',
  '- [ ] <img src=x onerror=alert(1)>',
  '[<img src=x onerror=alert(1)>](https://a.example)',
];

const ELEMENTS = new Set(
  'A BLOCKQUOTE BR CODE DEL DIV EM H1 H2 H3 H4 H5 H6 HR IMG INPUT LI OL P PRE S SPAN STRONG TABLE TBODY TD TH THEAD TR UL'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set([
  'href',
  'title',
  'target',
  'rel',
  'src',
  'alt',
  'loading',
  'class',
  'id',
  'type',
  'disabled',
  'checked',
  'start',
  'data-line',
  'style',
]);

describe('hostile Markdown', () => {
  it.each(HOSTILE)('%j', (source) => {
    for (const element of page(source, 'folder').querySelectorAll('*')) {
      expect(ELEMENTS, element.outerHTML).toContain(element.tagName);
      for (const { name, value } of element.attributes) {
        expect(ATTRIBUTES, element.outerHTML).toContain(name);
        if (name === 'data-line') expect(value).toMatch(/^\d+$/);
        if (name === 'style') expect(value).toMatch(/^text-align:\s*(left|right|center)$/);
        if (name === 'href') expect(isLink(value), value).toBe(true);
        if (name === 'href')
          expect(value).not.toMatch(/^\s*(javascript|vbscript|data:text|data:image\/svg|file|blob):/i);
        if (name === 'src')
          expect(value).toMatch(
            /^(\/api\/v1\/files\/folder\/data\/[^/]+$|data:image\/(png|gif|jpeg|webp|avif);base64,)/,
          );
        if (name === 'id') expect(value).toMatch(/^heading-/);
      }
    }
  });

  it('has a control: harmless text of each kind does show', () => {
    const host = page('**b** [l](https://a.example) ![p](data/x.png) `c` $m$ <i>');
    expect(host.querySelector('strong, a, img, code, .math')).not.toBeNull();
    expect([...host.querySelectorAll('strong, a, img, code, .math')].map((each) => each.tagName)).toEqual([
      'STRONG',
      'A',
      'IMG',
      'CODE',
      'SPAN',
    ]);
    expect(host.textContent).toContain('<i>');
  });

  it('of great depth and length is read within a moment', () => {
    const before = performance.now();
    for (const source of [
      '['.repeat(20_000),
      '*a **b '.repeat(5_000),
      '>'.repeat(5_000),
      '$a '.repeat(10_000),
      '`'.repeat(20_000),
      '- '.repeat(2_000),
    ])
      render(source);
    expect(performance.now() - before).toBeLessThan(8_000);
  });
});
