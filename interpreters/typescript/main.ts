/** The process of `typescript`. */
import { serve } from '../runner.ts';
import { createTypescript } from './interpreter.ts';

serve(createTypescript());
