/** A report as PDF: its file opened by Chromium without a network, waited for until all of it is drawn, and printed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openPage } from './chromium.ts';

/** Inches. */
export const PAPERS = { a4: { width: 8.27, height: 11.69 }, letter: { width: 8.5, height: 11 } } as const;
export type Paper = keyof typeof PAPERS;

/** A report of 20 MB on a machine at work; one that takes longer does not end. */
const MOST_MS = 120_000;
const LOOK_MS = 100;

/** Chromium is there and did not print. */
export class PrintFailure extends Error {}

/** `html`: made for paper. Rejects with PrintFailure, and where the signal aborts with its reason. */
export async function pdfOf(html: string, program: string, paper: Paper, signal: AbortSignal): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'gondola-report-'));
  const late = AbortSignal.timeout(MOST_MS);
  const ended = AbortSignal.any([signal, late]);
  try {
    const file = join(folder, 'report.html');
    writeFileSync(file, html, { mode: 0o600 });
    const page = await openPage(program, ended);
    try {
      await page.call('Page.enable');
      await page.call('Page.navigate', { url: pathToFileURL(file).href });
      while (!(await isDrawn(page))) {
        ended.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      const { data } = await page.call('Page.printToPDF', {
        paperWidth: PAPERS[paper].width,
        paperHeight: PAPERS[paper].height,
        printBackground: true,
        // Margins, and the numbers of pages in them, are the file's own.
        preferCSSPageSize: false,
        generateTaggedPDF: true,
        generateDocumentOutline: true,
      });
      return Buffer.from(String(data), 'base64');
    } finally {
      await page.close();
    }
  } catch (cause) {
    signal.throwIfAborted();
    const why = late.aborted ? 'it took too long' : cause instanceof Error ? cause.message : String(cause);
    throw new PrintFailure(`the PDF could not be printed: ${why}`, { cause });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isDrawn({ call }: Awaited<ReturnType<typeof openPage>>): Promise<boolean> {
  const { result } = await call('Runtime.evaluate', {
    expression: "document.documentElement?.dataset.drawn === 'true'",
    returnByValue: true,
  });
  return typeof result === 'object' && result !== null && 'value' in result && result.value === true;
}
