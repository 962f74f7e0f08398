/** What draws charts in a file, instead of `outputs/chart/draw.ts`: that stands beside this script where a chart is drawn (`drawing.ts`). */
import type * as Drawing from '../../outputs/chart/draw.ts';

type Drawn = Pick<typeof Drawing, 'paint' | 'pictureOf'>;

function drawn(): Drawn {
  const found: unknown = Reflect.get(globalThis, 'gondolaDrawing');
  if (typeof found !== 'object' || found === null) throw new Error('The file has nothing that draws charts.');
  return found as Drawn;
}

export const paint: Drawn['paint'] = (...given) => drawn().paint(...given);
export const pictureOf: Drawn['pictureOf'] = (...given) => drawn().pictureOf(...given);
