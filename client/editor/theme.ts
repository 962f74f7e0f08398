/** Monaco's colours from the page's own variables, so that there is one set of colours, in light and in dark. */
import type { editor } from 'monaco-editor/editor';

const RULES: readonly (readonly [token: string, variable: string])[] = [
  ['', '--ink'],
  ['keyword', '--code-keyword'],
  ['operator.sql', '--ink'],
  ['string', '--code-string'],
  ['number', '--code-number'],
  ['name', '--code-name'],
  ['type', '--code-name'],
  ['comment', '--code-comment'],
  ['heading', '--ink'],
  ['strong', '--ink'],
];

export function themeOf(read: (variable: string) => string, dark: boolean): editor.IStandaloneThemeData {
  const hex = (variable: string): string => read(variable).trim();
  const veil = (variable: string, alpha: string): string => `${hex(variable)}${alpha}`;
  return {
    base: dark ? 'vs-dark' : 'vs',
    inherit: false,
    rules: RULES.map(([token, variable]) => ({
      token,
      foreground: hex(variable).slice(1),
      ...(token === 'heading' || token === 'strong' ? { fontStyle: 'bold' } : {}),
    })),
    colors: {
      'editor.background': '#00000000',
      'editor.foreground': hex('--ink'),
      'editorCursor.foreground': hex('--ink'),
      'editor.selectionBackground': veil('--accent', '3d'),
      'editor.inactiveSelectionBackground': veil('--accent', '1f'),
      'editor.selectionHighlightBackground': veil('--accent', '1a'),
      'editor.wordHighlightBackground': veil('--accent', '1a'),
      'editorBracketMatch.background': veil('--accent', '1f'),
      'editorBracketMatch.border': '#00000000',
      'editorError.foreground': hex('--failed'),
      'editorWarning.foreground': hex('--stale'),
      'editorWidget.background': hex('--paper'),
      'editorWidget.foreground': hex('--ink'),
      'editorWidget.border': hex('--rule-strong'),
      'editorSuggestWidget.background': hex('--paper'),
      'editorSuggestWidget.border': hex('--rule-strong'),
      'editorSuggestWidget.foreground': hex('--ink'),
      'editorSuggestWidget.selectedBackground': hex('--accent-wash'),
      'editorSuggestWidget.selectedForeground': hex('--ink'),
      'editorSuggestWidget.highlightForeground': hex('--accent'),
      'editorSuggestWidget.focusHighlightForeground': hex('--accent'),
      'editorHoverWidget.background': hex('--paper'),
      'editorHoverWidget.border': hex('--rule-strong'),
      'editorHoverWidget.foreground': hex('--ink'),
      'editorHoverWidget.highlightForeground': hex('--accent'),
      'list.hoverBackground': hex('--wash'),
      'menu.background': hex('--paper'),
      'menu.foreground': hex('--ink'),
      'menu.border': hex('--rule-strong'),
      'menu.selectionBackground': hex('--accent-wash'),
      'menu.selectionForeground': hex('--ink'),
      'widget.shadow': '#00000018',
      focusBorder: '#00000000',
    },
  };
}

/** Calls now and whenever the page turns light or dark. Returns the release. */
export function whenColoursChange(act: (dark: boolean) => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const tell = (): void => act(getComputedStyle(document.documentElement).colorScheme.includes('dark'));
  const observer = new MutationObserver(tell);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
  system.addEventListener('change', tell);
  tell();
  return () => {
    observer.disconnect();
    system.removeEventListener('change', tell);
  };
}
