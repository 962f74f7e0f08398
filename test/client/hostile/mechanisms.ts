/**
 * The ways that markup has to run something or to ask for something, each by another mechanism. `fire` calls the trap with
 * its mark, `away` is an address of the canary under it. Each is shown to work on a page where nothing stands in its way.
 */
export type Mechanism = {
  readonly what: string;
  readonly html: (mark: string, away: string) => string;
  /** Where it breaks out of something, that is around it where it is shown to work. */
  readonly within?: readonly [string, string];
};

const fire = (mark: string): string => `trap('${mark}')`;

export const mechanisms: readonly Mechanism[] = [
  { what: 'a script', html: (mark) => `<script>${fire(mark)}</script>` },
  { what: 'a script from elsewhere', html: (mark, away) => `<script src=${away}/${mark}></script>` },
  { what: 'a module', html: (mark) => `<script type=module>${fire(mark)}</script>` },
  { what: 'a picture that fails', html: (mark) => `<img src=x onerror=${fire(mark)}>` },
  { what: 'a picture from elsewhere', html: (mark, away) => `<img src=${away}/${mark}>` },
  { what: 'a set of pictures', html: (mark, away) => `<img srcset="${away}/${mark} 1x">` },
  { what: 'a source of a picture', html: (mark, away) => `<picture><source srcset=${away}/${mark}><img></picture>` },
  { what: 'a drawing that loads', html: (mark) => `<svg onload=${fire(mark)}>` },
  { what: 'a script in a drawing', html: (mark) => `<svg><script>${fire(mark)}</script></svg>` },
  { what: 'a picture in a drawing', html: (mark, away) => `<svg><image href=${away}/${mark} /></svg>` },
  { what: 'a drawing that moves', html: (mark) => `<svg><animate onbegin=${fire(mark)} attributeName=x dur=1s>` },
  { what: 'HTML in a drawing', html: (mark) => `<svg><foreignObject><img src=x onerror=${fire(mark)}>` },
  { what: 'a frame', html: (mark, away) => `<iframe src=${away}/${mark}></iframe>` },
  { what: 'a frame that is a script', html: (mark) => `<iframe src="javascript:parent.${fire(mark)}"></iframe>` },
  { what: 'a frame with a text', html: (mark) => `<iframe srcdoc="<script>parent.${fire(mark)}</script>"></iframe>` },
  { what: 'an object', html: (mark, away) => `<object data=${away}/${mark}></object>` },
  { what: 'something embedded', html: (mark, away) => `<embed src=${away}/${mark}>` },
  { what: 'a style sheet', html: (mark, away) => `<link rel=stylesheet href=${away}/${mark}>` },
  { what: 'an imported style', html: (mark, away) => `<style>@import '${away}/${mark}'</style>` },
  { what: 'a background', html: (mark, away) => `<p style="background:url(${away}/${mark})">x` },
  {
    what: 'a font',
    html: (mark, away) => `<style>@font-face{font-family:f;src:url(${away}/${mark})}p{font-family:f}</style><p>x`,
  },
  {
    what: 'another page after a moment',
    html: (mark, away) => `<meta http-equiv=refresh content="0;url=${away}/${mark}">`,
  },
  { what: 'another base', html: (mark, away) => `<base href=${away}/><img src=${mark}>` },
  { what: 'a picture of a film', html: (mark, away) => `<video poster=${away}/${mark}></video>` },
  { what: 'a sound', html: (mark, away) => `<audio src=${away}/${mark} autoplay></audio>` },
  { what: 'a film whose source fails', html: (mark) => `<video><source src=x onerror=${fire(mark)}></video>` },
  { what: 'details that open', html: (mark) => `<details open ontoggle=${fire(mark)}>x</details>` },
  { what: 'a field with the focus', html: (mark) => `<input autofocus onfocus=${fire(mark)}>` },
  {
    what: 'an animation that begins',
    html: (mark) => `<style>@keyframes a{}</style><b style="animation:a 1s" onanimationstart=${fire(mark)}>x</b>`,
  },
  { what: 'a button that is a picture', html: (mark, away) => `<input type=image src=${away}/${mark}>` },
  {
    what: 'a shadow tree',
    html: (mark, away) => `<p><template shadowrootmode=open><img src=${away}/${mark}></template></p>`,
  },
  { what: 'a hint to fetch ahead', html: (mark, away) => `<link rel=preload as=image href=${away}/${mark}>` },
  {
    what: 'the end of an attribute',
    within: ['<img src="', '">'],
    html: (mark) => `x" onerror="${fire(mark)}`,
  },
  {
    what: 'the end of an attribute, and a tag',
    within: ["<p title='", "'>x</p>"],
    html: (mark) => `'><img src=x onerror=${fire(mark)}>`,
  },
  { what: 'the end of a comment', within: ['<!-- ', ' -->'], html: (mark) => `--><img src=x onerror=${fire(mark)}>` },
  {
    what: 'the end of a script',
    within: ['<script>/*', '*/</script>'],
    html: (mark) => `</script><img src=x onerror=${fire(mark)}>`,
  },
  {
    what: 'the end of a style',
    within: ['<style>', '</style>'],
    html: (mark) => `</style><img src=x onerror=${fire(mark)}>`,
  },
  {
    what: 'the end of a field',
    within: ['<textarea>', '</textarea>'],
    html: (mark) => `</textarea><img src=x onerror=${fire(mark)}>`,
  },
  {
    what: 'the end of a title',
    within: ['<title>', '</title>'],
    html: (mark) => `</title><img src=x onerror=${fire(mark)}>`,
  },
  {
    what: 'what is read twice',
    within: ['<div>', '</div>'],
    html: (mark) =>
      `<noscript><p title="</noscript><img src=x onerror=${fire(mark)}>"></noscript><math><mtext></form><img src=x onerror=${fire(mark)}>`,
  },
];
