import './styles/tokens.css';
import './styles/fonts.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/home.css';
import './styles/paragraph.css';
import './styles/panels.css';
import './styles/notebook.css';
import { render } from 'solid-js/web';
import { Page } from './App.tsx';

const root = document.getElementById('root');
if (root) render(() => <Page />, root);
