/** The process of `shell`. */
import { serve } from '../runner.ts';
import { createShell } from './interpreter.ts';

serve(createShell(process.env));
