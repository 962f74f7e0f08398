/** A notebook's file with another title: one line of its front matter, and every other byte as it was. */
const OPENING = /^---[ \t]*$/;
const CLOSING = /^(?:---|\.\.\.)[ \t]*$/;
const KEY = /^[^\s#:{[][^:]*:(?:\s|$)/;

export function retitled(text: string, title: string): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const end = /\r?\n/.exec(text)?.[0] ?? '\n';
  const lines = text.slice(mark.length).split(end);
  // JSON's strings are YAML's too.
  const line = `title: ${JSON.stringify(title)}`;
  const close = OPENING.test(lines[0] ?? '') ? lines.findIndex((each, index) => index > 0 && CLOSING.test(each)) : -1;
  const front = close < 0 ? undefined : lines.slice(1, close);
  const first = front?.find((each) => each.trim() !== '' && !each.startsWith('#'));
  if (!front || (first !== undefined && !KEY.test(first))) {
    return mark + ['---', line, '---', '', ...(text === mark ? [] : lines)].join(end);
  }
  const at = front.findIndex((each) => /^title[ \t]*:/.test(each));
  if (at < 0) front.unshift(line);
  else {
    const next = front.findIndex((each, index) => index > at && !/^[ \t]/.test(each));
    front.splice(at, (next < 0 ? front.length : next) - at, line);
  }
  return mark + [lines[0], ...front, ...lines.slice(close)].join(end);
}
