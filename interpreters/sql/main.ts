/** The engine's process. */
import { serve } from '../runner.ts';
import { createSql } from './interpreter.ts';

serve(createSql());
