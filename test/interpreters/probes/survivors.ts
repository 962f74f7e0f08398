/**
 * A server of its own, to be killed: opens a session in the mode of its first argument, over the folder of its second, runs
 * a paragraph that leaves behind what it can, says `ready`, and waits.
 */
import { resolveProgram } from '../../../server/programs.ts';
import type { Sandbox } from '../../../server/sessions/isolation.ts';
import { NONE, openBench, root } from '../../server/sessions/support.ts';

/** Each is a way to outlive its parent; `SECONDS` marks its processes. Ends well, so that the run goes on. */
export const SURVIVORS = [
  { class: 'background', what: 'a child in the background', source: 'sleep SECONDS &' },
  { class: 'background', what: 'a child without a terminal', source: 'nohup sleep SECONDS > /dev/null 2>&1 &' },
  { class: 'background', what: 'a child given away by its shell', source: 'sleep SECONDS & disown' },
  { class: 'own session', what: 'a session of its own', source: 'setsid sleep SECONDS &' },
  {
    class: 'own session',
    what: 'a child of a child that ended',
    source: "setsid -f bash -c 'setsid -f sleep SECONDS'",
  },
  { class: 'own session', what: 'a group of its own', source: 'set -m; sleep SECONDS & set +m' },
  {
    class: 'deaf',
    what: 'one that hears no signal',
    source: 'setsid -f bash -c \'trap "" HUP INT TERM QUIT; sleep SECONDS; sleep SECONDS\'',
  },
  {
    class: 'deaf',
    what: 'one that is stopped',
    source: "setsid -f bash -c 'kill -STOP $$; exec sleep SECONDS' SECONDS",
  },
  {
    class: 'deaf',
    what: 'one that is told of no parent’s death',
    source: 'setsid -f perl -e \'syscall(`uname -m` =~ /x86/ ? 157 : 167, 1, 0, 0, 0, 0); exec "sleep", "SECONDS"\'',
  },
  { class: 'own name', what: 'one under another name', source: "bash -c 'exec -a innocent sleep SECONDS' &" },
  {
    class: 'own name',
    what: 'one whose program is gone',
    source: 'cp /usr/bin/sleep mine; setsid -f ./mine SECONDS; rm mine',
  },
  {
    class: 'renewing',
    what: 'one that starts itself again',
    source: "setsid -f bash -c 'for i in $(seq 1000); do sleep 0.2; setsid -f sleep SECONDS; done' SECONDS",
  },
] as const;

if (process.argv[1] === import.meta.filename) {
  const [, , mode, seconds = ''] = process.argv;
  const bench = openBench({
    engine: 'sql',
    resolveProgram: (interpreter) => resolveProgram(root, interpreter),
    ...(mode === 'none' ? { isolation: NONE } : { sandbox: mode as Sandbox }),
  });
  process.stdout.write(`${bench.workspace}\n`);
  const all = SURVIVORS.map(({ source }) => source.replaceAll('SECONDS', seconds)).join('\n');
  const running = bench.run(`${all}\necho running; sleep ${seconds}`, {
    interpreter: 'shell',
    onEvent: (event) => {
      if (event.type === 'text' && event.text.includes('running')) process.stdout.write('ready\n');
    },
  });
  void running.then(({ outcome, stderr }) => process.stdout.write(`ended ${JSON.stringify([outcome, stderr])}\n`));
}
