import { expect, it } from 'vitest';
import { columns, widthOf } from '../../../server/commands/columns.ts';
import { reachHint } from '../../../server/commands/invitations.ts';

it('stand under their heads whatever the names are written in', () => {
  const rows = [
    ['김지수', 'owner', 'crew'],
    ['김지수'.normalize('NFD'), 'writer', ''],
    ['Ada', 'reader', '분석'],
    ['José', 'runner', 'ｆｕｌｌ'],
    ['日本 ひらがな カタカナー', 'writer', '🙂'],
  ];
  const lines = columns(['NAME', 'ROLE', 'GROUPS'], rows).trimEnd().split('\n');
  const places = lines.map((line) => widthOf(line.slice(0, line.search(/ROLE|owner|writer|reader|runner/))));
  expect(new Set(places)).toEqual(new Set([widthOf('日本 ひらがな カタカナー') + 2]));
  expect(lines.every((line) => line === line.trimEnd())).toBe(true);
});

it('a letter takes the places that a terminal gives it', () => {
  const widths = [
    'Ada',
    '김지수',
    '김지수'.normalize('NFD'),
    'é',
    'e\u0301',
    '日本',
    'ー',
    '🙂',
    'Ａ',
    'a\u200bb',
    '—',
  ];
  expect(widths.map(widthOf)).toEqual([3, 6, 6, 1, 1, 4, 2, 2, 2, 2, 1]);
});

it('an invitation says how others come to it where its address would lead nobody there', () => {
  expect(reachHint({ others: ['https://notes.example'] }, '/w')).toBeUndefined();
  expect(reachHint({ others: [] }, "/home/ada/it's mine")).toBe(
    "The server of this workspace answers this machine alone. For others stop it, and start it with: npx gondola serve '/home/ada/it'\\''s mine' --lan",
  );
  expect(reachHint(undefined, '/w')).toContain('No server has this workspace now');
});
