import './styles/tokens.css';
import './styles/fonts.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/paragraph.css';
import './styles/panels.css';
import './styles/notebook.css';
import { render } from 'solid-js/web';
import { Page } from './App.tsx';
import { bringAhead } from './ahead.ts';
import { keepShell } from './drafts/shell.ts';

const root = document.getElementById('root');
if (root) render(() => <Page />, root);
// Once the page stands and rests: they take no part in opening it.
window.addEventListener(
  'load',
  () => {
    bringAhead(window);
    const start = (): void => void keepShell(window);
    if (typeof requestIdleCallback === 'function') requestIdleCallback(start, { timeout: 5_000 });
    else start();
  },
  { once: true },
);
