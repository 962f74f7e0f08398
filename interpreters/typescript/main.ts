/** The process of `typescript`. */
import { failure } from '../errors.ts';
import { serve } from '../runner.ts';

serve({
  language: 'typescript',
  start: async () => undefined,
  run: async () => ({ state: 'failed', failure: failure('unsupported', 'This interpreter is not there yet.') }),
});
