/** The script of a report in one file: reads what the file holds, and draws it. */
import '../../styles/tokens.css';
import '../../styles/base.css';
import '../../styles/parts.css';
import '../../styles/paragraph.css';
import '../../outputs/outputs.css';
import '../../outputs/chart/result.css';
import '../../outputs/chart/chart.css';
import './file.css';
import { render } from 'solid-js/web';
import type { ReportFile } from '../../../server/protocol/report/file.ts';
import { createFrames } from '../../outputs/frame/frames.ts';
import type { Pool } from '../../outputs/frame/pool.ts';
import { FramesContext } from '../../outputs/frame/shared.ts';
import { FilePage } from './FilePage.tsx';

/** Written by the server that made this file, whose policy lets no other script read it. */
const readReport = (text: string): ReportFile => JSON.parse(text) as ReportFile;

/** On paper nothing is far away. */
const ALL_ALIVE: Pool = {
  join(_element, { change }) {
    change(true);
    return { isSeen: () => true, release() {} };
  },
};

const root = document.getElementById('root');
const held = document.getElementById('report')?.textContent;
if (root && held) {
  const report = readReport(held);
  // On paper colours are those of the light page.
  if (report.paper) document.documentElement.dataset.theme = 'light';
  const frames = report.paper ? { ...createFrames(), pool: ALL_ALIVE } : createFrames();
  render(
    () => (
      <FramesContext.Provider value={{ frames }}>
        <FilePage report={report} />
      </FramesContext.Provider>
    ),
    root,
  );
}
