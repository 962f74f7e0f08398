import './styles/tokens.css';
import './styles/fonts.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/home.css';
import './styles/paragraph.css';
import './styles/panels.css';
import './styles/notebook.css';
import './versions/versions.css';
import { render } from 'solid-js/web';
import { Page } from './App.tsx';
import { keepShell } from './drafts/shell.ts';

const root = document.getElementById('root');
if (root) render(() => <Page />, root);
// Once the page stands: it takes no part in opening it.
window.addEventListener('load', () => void keepShell(window), { once: true });
