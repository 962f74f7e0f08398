/** The sign-in page: no script, one form. Its words stand here as no part of the page is loaded before the sign-in. */
export type SignIn = {
  readonly nonce: string;
  readonly title: string;
  readonly to: string;
  /** A token was given, and it is not the one. */
  readonly failed: boolean;
};

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1d22; --muted: #62646f; --page: #fff; --line: #d9dae0; --accent: #4f46e5; --bad: #b42318 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf1; --muted: #a0a2ad; --page: #16171b; --line: #34363f; --accent: #8b85ff; --bad: #ff8a7a }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--ink);
  font: 15px/1.6 Inter, "Pretendard", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif }
main { width: min(24rem, calc(100vw - 32px)) }
h1 { font-size: 24px; line-height: 1.3; margin: 0 0 8px }
p { margin: 0 0 16px; color: var(--muted) }
label { display: block; margin-bottom: 4px }
input { box-sizing: border-box; width: 100%; padding: 8px 12px; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 6px }
button { margin-top: 16px; padding: 8px 16px; font: inherit; color: #fff; background: #4f46e5; border: 0; border-radius: 6px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
[role=alert] { color: var(--bad) }
code { font-family: "JetBrains Mono", ui-monospace, monospace; font-size: 13px }
`;

export function signInPage({ nonce, title, to, failed }: SignIn): string {
  const alert = failed
    ? '<p role="alert">That is not the token of this workspace. It may have been changed since.</p>'
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · ${escaped(title)}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style nonce="${escaped(nonce)}">${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${alert}<p>Open the address that <code>gondola serve</code> printed, or paste it here. The token is also in <code>.gondola/token</code> of the workspace.</p>
<form method="post" action="/sign-in">
<label for="token">Address or token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<input type="hidden" name="to" value="${escaped(to)}">
<button>Sign in</button>
</form>
</main>
</body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
