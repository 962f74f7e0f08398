/** What Vega-Lite knows in a view and in a mark, by its schema (a test compares): the compiler passes over others in silence. */

import { isRecord } from './guards.ts';

/** Of a whole spec, and of the views in it. */
export const VIEW = new Set(
  (
    '$schema align autosize background bounds center columns concat config data datasets description encoding facet hconcat ' +
    'height layer mark name padding params projection repeat resolve spacing spec title transform usermeta vconcat view width'
  ).split(' '),
);

export const MARKS =
  'arc area bar boxplot circle errorband errorbar geoshape image line point rect rule square text tick trail'.split(
    ' ',
  );

/** Of any mark: one that only lines have does no harm in bars, and Vega-Lite says so itself where it matters. */
export const MARK = new Set(
  (
    'align angle aria ariaRole ariaRoleDescription aspect band bandSize baseline binSpacing blend borders box ' +
    'clip color continuousBandSize cornerRadius cornerRadiusBottomLeft cornerRadiusBottomRight cornerRadiusEnd ' +
    'cornerRadiusTopLeft cornerRadiusTopRight cursor description dir discreteBandSize dx dy ellipsis extent fill ' +
    'fillOpacity filled font fontSize fontStyle fontWeight height href innerRadius interpolate invalid limit line ' +
    'lineBreak lineHeight median minBandSize opacity order orient outerRadius outliers padAngle point radius ' +
    'radius2 radius2Offset radiusOffset rule shape size smooth stroke strokeCap strokeDash strokeDashOffset ' +
    'strokeJoin strokeMiterLimit strokeOffset strokeOpacity strokeWidth style tension text theta theta2 ' +
    'theta2Offset thetaOffset thickness ticks time timeUnitBandPosition timeUnitBandSize tooltip type url width x ' +
    'x2 x2Offset xOffset y y2 y2Offset yOffset'
  ).split(' '),
);

/** Where views stand in views. */
const VIEWS = ['layer', 'concat', 'hconcat', 'vconcat', 'spec'];

export type Unknown = { readonly kind: 'view' | 'mark'; readonly name: string };

/** Keys that nothing comes of, in the order of the spec. */
export function unknownKeys(view: unknown): readonly Unknown[] {
  if (Array.isArray(view)) return view.flatMap(unknownKeys);
  if (!isRecord(view)) return [];
  const { mark } = view;
  const strange = (kind: Unknown['kind'], value: unknown, known: ReadonlySet<string>): Unknown[] =>
    isRecord(value)
      ? Object.keys(value)
          .filter((name) => !known.has(name))
          .map((name) => ({ kind, name }))
      : [];
  return [
    ...strange('view', view, VIEW),
    ...strange('mark', mark, MARK),
    ...VIEWS.flatMap((name) => unknownKeys(view[name])),
  ];
}

/** The first mark that is none: the compiler says nothing of it. */
export function unknownMark(view: unknown): string | undefined {
  if (Array.isArray(view)) return view.map(unknownMark).find((one) => one !== undefined);
  if (!isRecord(view)) return undefined;
  const type = isRecord(view.mark) ? view.mark.type : view.mark;
  if (type !== undefined && !MARKS.some((known) => known === type)) return String(type).slice(0, 100);
  return unknownMark(VIEWS.map((name) => view[name]));
}
