/**
 * The converter of spreadsheets: a process of the session, asked by the engine through it. It runs nothing of anyone; it reads
 * files that anyone may have made, which is why it is not the engine that does.
 */
import { serve } from '../runner.ts';
import { createXlsx } from './interpreter.ts';

serve(createXlsx(() => process.exit(0)));
