/** A Vega-Lite paragraph over a named table. */
import { failure } from '../errors.ts';
import type { Outcome, RunRequest } from '../protocol.ts';
import type { RunContext } from '../runner.ts';
import type { Session } from './session.ts';

export async function runVegaLite(_session: Session, _request: RunRequest, _context: RunContext): Promise<Outcome> {
  return { state: 'failed', failure: failure('unsupported', 'Vega-Lite paragraphs can’t be drawn yet.') };
}
