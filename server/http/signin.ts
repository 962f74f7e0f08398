/** The pages before a sign-in: no script, one form each. Their words stand in `words.ts`. */
import { LONGEST_NAME } from '../access/accounts.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../protocol/passwords.ts';
import type { PageWords } from './words.ts';

type Framed = {
  readonly nonce: string;
  /** Of the workspace. */
  readonly title: string;
  readonly words: PageWords;
  /** What went wrong with the last try. */
  readonly alert?: string | undefined;
};

export type SignIn = Framed & {
  readonly to: string;
  /** Whether people have accounts here; until then the printed address is the only way in. */
  readonly accounts: boolean;
  /** A provider with pages of its own. */
  readonly visit?: { readonly label: string } | undefined;
};

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1d22; --muted: #62646f; --page: #fff; --line: #d9dae0; --accent: #4f46e5; --bad: #b42318 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf1; --muted: #a0a2ad; --page: #16171b; --line: #34363f; --accent: #8b85ff; --bad: #ff8a7a }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--ink);
  font: 15px/1.6 Inter, "Pretendard", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif }
main { width: min(24rem, calc(100vw - 32px)); word-break: keep-all; overflow-wrap: anywhere }
h1 { font-size: 24px; line-height: 1.3; margin: 0 0 8px }
p { margin: 0 0 16px; color: var(--muted) }
label { display: block; margin-bottom: 4px }
input { box-sizing: border-box; width: 100%; padding: 8px 12px; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 6px }
button { margin-top: 16px; padding: 8px 16px; font: inherit; color: #fff; background: #4f46e5; border: 0; border-radius: 6px }
.elsewhere { display: block; box-sizing: border-box; margin: 16px 0 24px; padding: 8px 16px; text-align: center; color: inherit;
  text-decoration: none; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 6px }
.elsewhere:hover { border-color: var(--accent) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
[role=alert] { color: var(--bad) }
input + label { margin-top: 12px }
.hint { margin: 6px 0 0; font-size: 13px }
details { margin-top: 32px; border-top: 1px solid var(--line); padding-top: 16px }
summary { cursor: pointer; color: var(--muted) }
details p { margin-top: 12px }
code { font-family: "JetBrains Mono", ui-monospace, monospace; font-size: 13px }
`;

export function signInPage(page: SignIn): string {
  const { title, words } = page;
  const byToken = `<p>${words.openAddress}</p>
${form(
  '/sign-in',
  page.to,
  words.signIn,
  `<label for="token">${words.token}</label>
<input id="token" name="token" type="password" autocomplete="off" required${page.accounts || page.visit ? '' : ' autofocus'}>`,
)}`;
  const byPassword = form(
    '/sign-in',
    page.to,
    words.signIn,
    `<label for="name">${words.name}</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="80" required${page.visit ? '' : ' autofocus'}>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>`,
  );
  const elsewhere = page.visit
    ? `<a class="elsewhere" href="/sign-in/oidc?to=${escaped(encodeURIComponent(page.to))}">${escaped(words.continueWith(page.visit.label))}</a>\n`
    : '';
  // Whoever has another way in rarely has the printed address.
  const own =
    page.accounts || page.visit ? `<details><summary>${words.asOwner}</summary>\n${byToken}\n</details>` : byToken;
  const body = `${elsewhere}${page.accounts ? `${byPassword}\n` : ''}${own}`;
  return framed(page, `${words.signIn} · ${title}`, title, body);
}

/** A link that wants a password; `action` is its own address. */
export function linkPage(page: Framed & { readonly action: string }): string {
  const { words } = page;
  const field = `<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="off" required autofocus>`;
  return framed(page, words.linkTitle, words.linkTitle, form(page.action, '', words.openLink, field));
}

/** Somebody makes an account of their own; `action` is the invitation's address. */
export function invitationPage(page: Framed & { readonly action: string; readonly name: string }): string {
  const { words, title } = page;
  const fields = `<label for="name">${words.name}</label>
<input id="name" name="name" value="${escaped(page.name)}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="${LONGEST_NAME}" required autofocus>
<label for="password">${words.newPassword}</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="${SHORTEST_PASSWORD}" maxlength="${LONGEST_PASSWORD}" aria-describedby="least" required>
<p id="least" class="hint">${words.leastPassword(SHORTEST_PASSWORD)}</p>`;
  const body = `<p>${words.joinText}</p>\n${form(page.action, '', words.join, fields)}`;
  return framed(page, `${words.joinTitle} · ${title}`, `${words.joinTitle}: ${title}`, body);
}

/** The same for an invitation that ended, was used up or withdrawn, or never was. */
export const noInvitationPage = (page: Framed): string =>
  framed(page, page.words.noInvitation, page.words.noInvitation, `<p>${page.words.noInvitationWhy}</p>`);

/** The same for a link that ended, was withdrawn, or never was. */
export const noLinkPage = (page: Framed): string =>
  framed(page, page.words.noLink, page.words.noLink, `<p>${page.words.noLinkWhy}</p>`);

const form = (action: string, to: string, button: string, fields: string): string =>
  `<form method="post" action="${escaped(action)}">
${fields}
<input type="hidden" name="to" value="${escaped(to)}">
<button>${button}</button>
</form>`;

const framed = (
  { nonce, words, alert }: Framed,
  title: string,
  heading: string,
  body: string,
): string => `<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style nonce="${escaped(nonce)}">${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(heading)}</h1>
${alert === undefined ? '' : `<p role="alert">${escaped(alert)}</p>\n`}${body}
</main>
</body>
</html>
`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
