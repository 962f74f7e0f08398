import { describe, expect, it } from 'vitest';
import { deleteParagraph, insertParagraph, moveParagraph } from '../../../server/protocol/document.ts';
import { frontFormsOf, setForm } from '../../../server/protocol/forms/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { frontReportOf } from '../../../server/protocol/report/document.ts';
import { Killed, Life, Machine, PATH, type Process, startProcess } from './parts.ts';

const START = '# Sales\n\n```sql id=one\nselect 1\n```\n\nSome prose.\n\n```sql id=two\nselect 2\n```\n';
const one = 'one' as ParagraphId;

async function opened(text: string | Uint8Array = START) {
  const machine = new Machine();
  machine.write(text);
  const process = startProcess(machine);
  const opening = await process.file.open();
  return { machine, opening, ...process };
}

describe('opening', () => {
  it('fills a new document from the file and writes nothing', async () => {
    const { machine, room, file } = await opened('# A\n\n```sql\nselect 1\n```');
    await file.close();
    expect(room.sources()).toEqual(['# A', 'select 1']);
    expect(machine.text()).toBe('# A\n\n```sql\nselect 1\n```');
  });

  it('fails with line and reason where the file is no notebook', async () => {
    expect((await opened('---\ntitle: [x\n---\n')).opening).toMatchObject({ state: 'failed', line: 2 });
    expect((await opened(Uint8Array.of(65, 10, 0xff, 10))).opening).toMatchObject({ state: 'failed', line: 2 });
    expect((await opened('a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n')).opening).toMatchObject({
      state: 'failed',
      line: 2,
      message: expect.stringContaining('conflict'),
    });
    expect((await opened('```sql\n```\n<!-- gondola {"a":} -->\n')).opening).toMatchObject({
      state: 'failed',
      line: 3,
    });
  });

  it('of a file that can’t be read fails, or goes on with the document it has', async () => {
    const machine = new Machine();
    machine.write(START);
    const first = startProcess(machine);
    first.life.failAt = 1;
    expect(await first.file.open()).toMatchObject({ state: 'failed', message: expect.stringContaining('EIO') });
    await startProcess(machine).file.open();
    const second = startProcess(machine);
    second.life.failAt = 1;
    expect(await second.file.open()).toEqual({ state: 'open' });
    expect(second.file.state).toMatchObject({ state: 'unparsable', message: expect.stringContaining('EIO') });
    await second.tick();
    expect(second.file.state).toEqual({ state: 'fine' });
  });

  it('reads what of the front matter was unknown when the document was made, once, and writes nothing', async () => {
    const text = `---\nforms:\n  day: 2015-01-01\nreport: {width: wide}\n---\n\n${START}`;
    const { machine, room, file } = await opened(text);
    const read = () => [frontFormsOf(room.doc), frontReportOf(room.doc)];
    const known = read();
    expect(known).toEqual([[['day', '2015-01-01']], [['width', 'wide']]]);
    await file.close();
    // As an earlier Gondola left it.
    room.edit((doc) => {
      for (const key of [...doc.getMap('meta').keys()])
        if (/^(form|report)\//.test(key)) doc.getMap('meta').delete(key);
    });
    const second = startProcess(machine);
    expect(await second.file.open()).toEqual({ state: 'open' });
    expect([frontFormsOf(second.room.doc), frontReportOf(second.room.doc)]).toEqual(known);
    await second.file.close();
    const length = machine.log.length;
    // One that was taken away was read.
    second.room.edit((doc) => setForm(doc, 'day', undefined));
    const third = startProcess(machine);
    await third.file.open();
    expect([frontFormsOf(third.room.doc), machine.log.length]).toEqual([[], length + 1]);
    await third.file.close();
    expect(machine.text()).toBe(text.replace('forms:\n  day: 2015-01-01\n', ''));
  });

  it('never rebuilds a known document: the same history goes on (invariant 1)', async () => {
    const { machine, room, file } = await opened();
    room.type('one', ' + 1');
    file.documentChanged();
    await file.close();
    const again = startProcess(machine);
    await again.file.open();
    expect(again.room.sources()).toEqual(room.sources());
    expect(again.room.all()).toEqual(room.all());
  });
});

describe('an edit', () => {
  it('is in the file after it settled, with missing ids, and the rest byte for byte', async () => {
    const { machine, room, file, tick } = await opened(
      'Prose  \n\n\n~~~~sql   limit=5 {x}\nselect 1\n~~~~\n\n- a\n  ```sql\n  b\n  ```\n',
    );
    const [, code] = room.ids();
    room.type(code!, '2');
    file.documentChanged();
    await tick();
    expect(machine.text()).toBe(
      `Prose  \n\n\n~~~~sql id=${code}   limit=5 {x}\nselect 12\n~~~~\n\n- a\n  \`\`\`sql\n  b\n  \`\`\`\n`,
    );
  });

  it('of the front matter that can’t be written is told, lost nowhere, and written once the file is mended', async () => {
    const broken = `---\nforms: [ours]\n---\n\n${START}`;
    const { machine, room, file, tick } = await opened(broken);
    const told: unknown[] = [];
    file.onState((state) => told.push(state));
    room.edit((doc) => setForm(doc, 'day', '2015-01-01'));
    file.documentChanged();
    await tick();
    expect([machine.text(), file.state]).toEqual([broken, { state: 'fine', unwritten: ['forms'] }]);
    // All else is written as ever.
    room.type('one', ' + 1');
    file.documentChanged();
    await tick();
    expect(machine.text()).toBe(broken.replace('select 1', 'select 1 + 1'));
    machine.write(machine.text()!.replace('forms: [ours]\n', 'owner: us\n'));
    await file.fileChanged();
    await tick();
    expect(machine.text()).toContain('owner: us\nforms:\n  day: 2015-01-01\n---');
    expect(told).toEqual([{ state: 'fine', unwritten: ['forms'] }, { state: 'fine' }]);
  });

  it('that is taken back writes nothing', async () => {
    const { machine, room, file } = await opened();
    const before = machine.clock;
    room.type('one', 'x');
    room.edit((doc) => deleteParagraph(doc, one, { by: 'me', at: 0 }));
    room.edit((doc) => (doc.getMap('paragraphs').get('one') as { delete(key: string): void }).delete('deleted'));
    room.edit((doc) =>
      (doc.getMap('paragraphs').get('one') as never as { get(key: string): { delete(a: number, b: number): void } })
        .get('source')
        .delete(8, 1),
    );
    file.documentChanged();
    await file.flush();
    expect(machine.clock).toBe(before);
  });

  it('whose write fails is written later', async () => {
    const { machine, room, file, tick, life, reports } = await opened();
    room.type('one', ' + 1');
    for (let step = 1; step <= 6; step += 1) {
      life.failAt = life.steps + step;
      file.documentChanged();
      await tick();
    }
    expect(reports.length).toBeGreaterThan(3);
    life.failAt = undefined;
    await tick();
    expect(machine.text()).toContain('select 1 + 1');
  });
});

describe('a file changed outside', () => {
  it('shows in the document as the smallest change, and live edits stay', async () => {
    const { machine, room, file, tick } = await opened();
    room.type('one', ' + 1');
    machine.write(START.replace('select 1', 'select 1, 5').replace('Some prose', 'Some more prose'));
    await file.fileChanged();
    expect(room.sources()).toEqual(['# Sales', 'select 1 + 1, 5', 'Some more prose.', 'select 2']);
    await tick();
    expect(machine.text()).toContain('select 1 + 1, 5');
  });

  it('keeps a paragraph that was typed in since, and deletes one that was not', async () => {
    const { machine, room, file } = await opened();
    room.type('one', ' + 1');
    machine.write('# Sales\n');
    await file.fileChanged();
    expect(room.sources()).toEqual(['# Sales', 'select 1 + 1']);
    expect(room.all()).toHaveLength(4);
  });

  it('to what is no notebook leaves document and file alone until it is mended', async () => {
    const { machine, room, file, tick } = await opened();
    const broken = `---\ntitle: [\n---\n${START}`;
    machine.write(broken);
    await file.fileChanged();
    expect(file.state).toMatchObject({ state: 'unparsable', line: 2 });
    room.type('one', ' + 1');
    file.documentChanged();
    await tick();
    expect(machine.text()).toBe(broken);
    machine.write(START.replace('prose', 'mended prose'));
    await file.fileChanged();
    expect(file.state).toEqual({ state: 'fine' });
    expect(room.sources()).toEqual(['# Sales', 'select 1 + 1', 'Some mended prose.', 'select 2']);
    await tick();
    expect(machine.text()).toContain('select 1 + 1');
  });

  it('to what is no notebook is overwritten on "use mine", and kept aside', async () => {
    const { machine, room, file } = await opened();
    machine.write('---\na: [\n---\n');
    await file.fileChanged();
    room.type('one', ' + 1');
    await file.useMine();
    expect(machine.text()).toBe(START.replace('select 1', 'select 1 + 1'));
    expect(machine.aside).toEqual(['---\na: [\n---\n']);
    expect(file.state).toEqual({ state: 'fine' });
  });

  it('and gone is missing, is not made anew, and goes on when it returns', async () => {
    const { machine, room, file, tick } = await opened();
    machine.files.delete(PATH.absolute);
    await file.fileChanged();
    expect(file.state).toEqual({ state: 'missing' });
    room.type('one', ' + 1');
    file.documentChanged();
    await tick();
    expect(machine.text()).toBeUndefined();
    machine.write(START);
    await file.fileChanged();
    await tick();
    expect(machine.text()).toContain('select 1 + 1');
    expect(file.state).toEqual({ state: 'fine' });
  });

  it('and gone is made anew on "use mine"', async () => {
    const { machine, room, file } = await opened();
    machine.files.delete(PATH.absolute);
    await file.fileChanged();
    room.type('one', ' + 1');
    await file.useMine();
    expect(machine.text()).toContain('select 1 + 1');
  });

  it('in a merge that left a conflict is not taken for text', async () => {
    const { machine, room, file } = await opened();
    machine.write(`${START}\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n`);
    await file.fileChanged();
    expect(file.state).toMatchObject({ state: 'unparsable', line: 13 });
    expect(room.sources()).toHaveLength(4);
  });

  it('while it was being replaced is an outside change too', async () => {
    for (const moment of ['hold', 'writeTemporary', 'read']) {
      const machine = new Machine();
      machine.write(START);
      let armed = false;
      const process = startProcess(machine, (step) => {
        if (!armed || step !== moment) return;
        armed = false;
        machine.writeInPlace(START.replace('prose', 'sudden prose'));
      });
      await process.file.open();
      process.room.type('one', ' + 1');
      process.file.documentChanged();
      armed = true;
      await process.tick();
      await process.tick();
      expect([moment, machine.text()]).toEqual([
        moment,
        START.replace('prose', 'sudden prose').replace('select 1', 'select 1 + 1'),
      ]);
    }
  });
});

describe('text from the API', () => {
  it('is a change of the text that was given out, whatever was typed since', async () => {
    const { room, file } = await opened();
    const base = file.print();
    room.type('one', ' + 1');
    room.edit((doc) => moveParagraph(doc, 'two' as ParagraphId, undefined));
    expect(await file.applyText(base, base.replace('Some prose', 'Any prose'), 'Kim')).toEqual({ state: 'applied' });
    expect(room.sources()).toEqual(['select 2', '# Sales', 'select 1 + 1', 'Any prose.']);
  });

  it('that is no notebook changes nothing', async () => {
    const { room, file } = await opened();
    const base = file.print();
    expect(await file.applyText(base, `---\na: [\n---\n`, 'Kim')).toMatchObject({ state: 'failed', line: 2 });
    expect(room.sources()).toHaveLength(4);
  });
});

/** Edits inside and outside of one file, every step of which may be the last of its process. */
const scenarios: Record<string, (process: Process, machine: Machine) => Promise<void>> = {
  'an edit is written': async ({ room, file }) => {
    await file.open();
    room.type('one', ' INSIDE');
    file.documentChanged();
    await file.flush();
  },
  'two edits are written': async ({ room, file }) => {
    await file.open();
    room.type('one', ' INSIDE');
    file.documentChanged();
    await file.flush();
    room.edit((doc) =>
      insertParagraph(doc, { id: 'new' as ParagraphId, interpreter: 'sql', source: 'SECOND', options: {} }, one),
    );
    file.documentChanged();
    await file.flush();
  },
  'an outside change is taken in': async ({ room, file }, machine) => {
    await file.open();
    room.type('one', ' INSIDE');
    file.documentChanged();
    await file.flush();
    machine.write(machine.text()!.replace('prose', 'OUTSIDE prose'));
    await file.fileChanged();
    await file.flush();
  },
  'both sides change': async ({ room, file }, machine) => {
    await file.open();
    room.type('one', ' INSIDE');
    machine.write(START.replace('select 1', 'OUTSIDE 1').replace('Some', 'Some BESIDES'));
    await file.fileChanged();
    await file.flush();
  },
};

const count = (text: string, word: string): number => text.split(word).length - 1;

describe('a process killed at any step', () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    it(`has both sides’ edits once, in document and file, after the next start: ${name} (invariant 1)`, async () => {
      let kills = 0;
      for (let first = 1; ; first += 1) {
        const run = await killedAt(scenario, first);
        if (!run.killed) break;
        kills += 1;
        for (let second = 1; ; second += 1) {
          const { machine, expected } = await killedAt(scenario, first);
          const next = startProcess(machine);
          next.life.at = second;
          await Promise.race([next.life.died, next.file.open().then(() => next.file.flush())]).catch(onlyKilled);
          const survived = !next.life.dead;
          const last = survived ? next : startProcess(machine);
          if (!survived) await last.file.open();
          last.file.documentChanged();
          await last.file.flush();
          const where = `${name}, killed at step ${first}, then at ${second}`;
          const text = machine.text()!;
          for (const word of expected) {
            expect([where, word, count(text, word)]).toEqual([where, word, 1]);
            expect([where, word, count(last.room.sources().join('\n'), word)]).toEqual([where, word, 1]);
          }
          expect(count(text, 'select 2')).toBe(1);
          if (survived) break;
        }
      }
      expect(kills).toBeGreaterThan(3);
    });
  }
});

function onlyKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}

/** Runs the scenario until the step; which marks were made before the end and must be found. */
async function killedAt(scenario: (typeof scenarios)[string], at: number) {
  const machine = new Machine();
  machine.write(START);
  const process = startProcess(machine, undefined, new Life());
  process.life.at = at;
  await Promise.race([process.life.died, scenario(process, machine)]).catch(onlyKilled);
  const killed = process.life.dead;
  const everything = machine.log.map(({ update }) => (update ? Buffer.from(update).toString('latin1') : '')).join('');
  const expected = ['INSIDE', 'SECOND', 'OUTSIDE', 'BESIDES'].filter(
    (word) => everything.includes(word) || machine.text()!.includes(word),
  );
  return { machine, killed, expected };
}
