/** Before Vega is loaded: some of it looks for the window as it is. */
import { installDom } from './dom.ts';

export const dom = installDom();
