/** The worker: one project, questions answered in the order they come. */
import { globals, language } from 'gondola:declarations';
import type { FromCompiler, ToCompiler } from './contract.ts';
import { createProject } from './project.ts';

const project = createProject({ language, globals });

self.onmessage = ({ data }: MessageEvent<ToCompiler>) => {
  switch (data.type) {
    case 'texts':
      for (const [id, text] of data.texts) project.setText(id, text);
      return;
    case 'tables':
      if (project.setTables(data.tables)) self.postMessage({ type: 'changed' } satisfies FromCompiler);
      return;
    case 'forms':
      project.setForms(data.declaration);
      return;
    case 'order':
      project.setOrder(data.order);
      return;
    case 'ask':
      self.postMessage(answer(data));
      return;
  }
};

function answer({ call, paragraph, question }: Extract<ToCompiler, { type: 'ask' }>): FromCompiler {
  try {
    return { type: 'answer', call, answer: project.answer(paragraph, question) };
  } catch (error) {
    // The compiler breaks on rare half-written texts; the page goes on without this answer.
    return { type: 'failed', call, message: error instanceof Error ? error.message : String(error) };
  }
}
