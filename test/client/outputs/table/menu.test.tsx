import { cleanup, render, screen, within } from '@solidjs/testing-library';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import ColumnMenu from '../../../../client/outputs/table/ColumnMenu.tsx';
import { outputs } from '../../../../client/words/outputs.ts';

const { formats, format } = outputs.table.column;
const nothing = (): void => {};

beforeEach(() => {
  // The page of tests has no popovers.
  HTMLElement.prototype.showPopover = vi.fn();
  HTMLElement.prototype.hidePopover = vi.fn();
});
afterEach(cleanup);

it.each([
  ['BIGINT', [formats.auto, formats.number, formats.plain, formats.percent, formats.bytes]],
  ['TIMESTAMP', [formats.auto, formats.date]],
  ['VARCHAR', [formats.auto, formats.link]],
])('a column of %s is offered the formats that change how it looks', (type, offered) => {
  render(() => (
    <ColumnMenu
      name="delay"
      type={type}
      anchor={document.body}
      tests={[]}
      profile={undefined}
      sorted={undefined}
      pinned={false}
      format={undefined}
      movable={{ left: false, right: false }}
      hideable
      onSort={nothing}
      onTests={nothing}
      onPin={nothing}
      onHide={nothing}
      onMove={nothing}
      onFormat={nothing}
      onClose={nothing}
    />
  ));
  const choice = screen.getByText(format).parentElement!.querySelector('select')!;
  expect(
    within(choice)
      .getAllByRole('option', { hidden: true })
      .map(({ textContent }) => textContent),
  ).toEqual(offered);
});
