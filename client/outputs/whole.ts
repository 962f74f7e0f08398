import type { RunId } from '../../server/protocol/ids.ts';
import { asking } from '../standing.ts';

/** All that the server keeps of one text output; undefined where it can't be had now. */
export async function readText(run: RunId, index: number): Promise<string | undefined> {
  try {
    const response = await fetch(`/api/v1/runs/${run}/outputs/${index}/text`, asking());
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
