/** Vega as a script of its own, which stands only in files that have a chart of the builder: `draw.ts` finds it there. */
import { paint, pictureOf } from '../../outputs/chart/draw.ts';

Object.assign(globalThis, { gondolaDrawing: { paint, pictureOf } });
