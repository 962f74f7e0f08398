import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_ID } from '../../../server/sessions/isolation.ts';
import { fullLimits } from '../../../server/sessions/limits.ts';
import { findIsolation, judgeReport, type Report } from '../../../server/sessions/probe.ts';
import { findSystem } from '../../../server/sessions/system.ts';
import { missing } from '../../support/missing.ts';
import { type Bench, canIsolate, node, openBench, resolveProgram, root } from './support.ts';

const { unshare, ...system } = findSystem();
const sandboxed = await canIsolate();
const limits = fullLimits({ memory: 4 * 2 ** 30, cores: 2 });
if (!sandboxed) missing('bubblewrap: the sandbox is not probed');

/** Probes: what must fail, and beside it what must succeed in the same place by the same means. */
describe.skipIf(!sandboxed)('code in the sandbox', () => {
  let bench: Bench;
  let listener: Server;
  let port = 0;
  let connections = 0;
  const evaluate = async (code: string, notebook = 'sub/report.nb.md'): Promise<string> => {
    const ran = await bench.run(`eval ${code.replaceAll('\n', ' ')}`, { notebook });
    expect(ran.outcome).toEqual({ state: 'done' });
    return ran.stdout.trim();
  };
  const fs = "process.getBuiltinModule('fs')";
  const read = (path: string) => evaluate(`${fs}.readFileSync(${JSON.stringify(path)}, 'latin1')`);
  const write = (path: string) => evaluate(`${fs}.writeFileSync(${JSON.stringify(path)}, 'x')`);

  beforeAll(async () => {
    bench = openBench({
      files: {
        'private.nb.md': 'secret prose',
        'sub/report.nb.md': 'mine',
        'sub/data/mine.csv': 'x\n1\n',
        'data/shared.csv': 'x\n1\n',
        'sub/data/report/own.txt': 'own',
        'other/data/theirs.csv': 'x\n9\n',
        '.gondola/token': 'secret token',
      },
    });
    listener = createServer((socket) => {
      connections += 1;
      socket.end('hello');
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    port = typeof address === 'object' && address ? address.port : 0;
    await evaluate('1');
  });
  afterAll(async () => {
    listener.close();
    await bench.close();
  });

  it('reads its program and its data, but no file of the host', async () => {
    expect(JSON.parse(await read('/session/data/mine.csv'))).toBe('x\n1\n');
    expect(await read('/app/package.json')).toContain('gondola');
    for (const path of ['/etc/passwd', '/etc/shadow', '/root/.bashrc', '/home', '/sys/kernel', '/var/log']) {
      expect([path, await read(path)]).toEqual([path, 'error ENOENT']);
    }
  });

  it('sees the data of its folder and of those above, but no notebook, records or other data', async () => {
    expect(JSON.parse(await evaluate(`${fs}.readdirSync('/session/data')`))).toEqual([
      'mine.csv',
      'report',
      'shared.csv',
    ]);
    for (const path of ['private.nb.md', '.gondola/token', 'other/data/theirs.csv', 'sub/report.nb.md']) {
      expect([path, await read(join(bench.workspace, path))]).toEqual([path, 'error ENOENT']);
    }
    // Through every place it knows, upwards.
    for (const from of ['/session/data/..', '/session/..', '/data/0/..', '/out/..', '/results/..']) {
      expect(await read(`${from}/../.gondola/token`)).toBe('error ENOENT');
      expect(await read(`${from}/private.nb.md`)).toBe('error ENOENT');
    }
  });

  it('does not follow links in its data to the host', async () => {
    const { symlinkSync } = await import('node:fs');
    symlinkSync('/etc/passwd', join(bench.workspace, 'sub/data/link'));
    symlinkSync('../../other/data/theirs.csv', join(bench.workspace, 'sub/data/theirs.csv'));
    symlinkSync('mine.csv', join(bench.workspace, 'sub/data/fine.csv'));
    expect(JSON.parse(await read('/session/data/fine.csv'))).toBe('x\n1\n');
    expect(await read('/session/data/link')).toBe('error ENOENT');
    expect(await read('/session/data/theirs.csv')).toBe('error ENOENT');
  });

  it('writes to its folder, its results and its own data, and nowhere else', async () => {
    for (const path of ['/session/x', '/out/x', '/tmp/x', '/dev/shm/x', '/session/data/report/x']) {
      expect([path, await write(path)]).toEqual([path, 'null']);
    }
    expect(existsSync(join(bench.workspace, 'sub/data/report/x'))).toBe(true);
    for (const path of [
      '/x',
      '/app/x',
      '/app/package.json',
      '/usr/x',
      '/results/x',
      '/session/data/x',
      '/session/data/mine.csv',
      '/data/1/x',
      '/dev/x',
    ]) {
      expect([path, await write(path)]).toEqual([path, expect.stringMatching(/^error (EROFS|EACCES|EPERM)$/)]);
    }
    expect(readFileSync(join(bench.workspace, 'sub/data/mine.csv'), 'utf8')).toBe('x\n1\n');
  });

  it('removes and renames in its folder, but not what is shown in it', async () => {
    await write('/session/y');
    expect(await evaluate(`${fs}.renameSync('/session/y', '/session/z')`)).toBe('null');
    expect(await evaluate(`${fs}.rmSync('/session/z')`)).toBe('null');
    expect(await evaluate(`${fs}.renameSync('/session/data', '/session/old')`)).toBe('error EBUSY');
    expect(await evaluate(`${fs}.unlinkSync('/session/data/shared.csv')`)).toBe('error EROFS');
  });

  it('sees no environment but its own', async () => {
    process.env.GONDOLA_TEST_SECRET = 'secret';
    expect(await evaluate("exec('/usr/bin/env', 'A=1', '/usr/bin/printenv', 'A')")).toContain('1');
    expect(await evaluate('Object.keys(process.env)')).toBe('["PWD"]');
    for (const pid of ['1', 'self', "' + process.ppid + '"]) {
      const text = await evaluate(`${fs}.readFileSync('/proc/${pid}/environ', 'latin1')`);
      expect(text).not.toContain('GONDOLA');
      expect(text).not.toContain('PATH');
    }
  });

  it('sees its own processes and no others', async () => {
    const own = JSON.parse(await evaluate(`[process.pid, ${fs}.readFileSync('/proc/self/comm', 'utf8')]`));
    expect(own[0]).toBeLessThan(10);
    const pids = JSON.parse(
      await evaluate(`${fs}.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).map(Number)`),
    );
    expect(Math.max(...pids)).toBeLessThan(1000);
    expect(pids.length).toBeLessThanOrEqual(4);
    expect(pids).not.toContain(process.pid);
  });

  it('signals its own processes, and reaches no others', async () => {
    const victim = spawn('sleep', ['60']);
    expect(await evaluate('process.kill(process.pid, 0)')).toBe('true');
    expect(await evaluate(`process.kill(${victim.pid}, 'SIGKILL')`)).toBe('error ESRCH');
    expect(await evaluate(`process.kill(${process.pid}, 0)`)).toBe('error ESRCH');
    expect(victim.exitCode).toBeNull();
    victim.kill();
  });

  it('reaches no network', async () => {
    const connect = (host: string, to: number) =>
      `new Promise((resolve) => { const socket = process.getBuiltinModule('net').connect(${to}, '${host}');
        socket.on('connect', () => resolve('connected')); socket.on('error', (error) => resolve(error.code));
        setTimeout(() => resolve('timeout'), 1000); })`;
    // Its own sockets work.
    const own = `new Promise((resolve) => { const server = process.getBuiltinModule('net').createServer().listen('/tmp/own', () => {
        process.getBuiltinModule('net').connect('/tmp/own').on('connect', () => { server.close(); resolve('connected'); process.getBuiltinModule('fs').rmSync('/tmp/own', {force:true}); }); }); })`;
    expect(await evaluate(own)).toBe('"connected"');
    expect(await evaluate(connect('127.0.0.1', port))).toMatch(/ECONNREFUSED|ENETUNREACH/);
    expect(await evaluate(connect('10.0.0.1', 80))).toMatch(/ENETUNREACH/);
    expect(await evaluate(connect('::1', port))).toMatch(/ECONNREFUSED|ENETUNREACH|EADDRNOTAVAIL/);
    expect(connections).toBe(0);
    expect(await evaluate("(await load('node:dns/promises')).lookup('example.com')")).toMatch(
      /^error (EAI_AGAIN|ENOTFOUND)/,
    );
    const udp = `new Promise((resolve) => { const socket = process.getBuiltinModule('dgram').createSocket('udp4');
      socket.on('error', (error) => resolve(error.code)); socket.send('x', ${port}, '10.0.0.1', (error) => resolve(error ? error.code : 'sent')); })`;
    expect(await evaluate(udp)).toContain('ENETUNREACH');
  });

  it('reaches no socket that lies on the host', async () => {
    const path = join(bench.workspace, 'socket');
    const server = createServer((socket) => socket.end()).listen(path);
    const code = `new Promise((resolve) => process.getBuiltinModule('net').connect('${path}').on('connect', () => resolve('connected')).on('error', (error) => resolve(error.code)))`;
    expect(await evaluate(code)).toBe('"ENOENT"');
    // An abstract socket has no file: the network's namespace is what keeps it away.
    const abstract = '\\0gondola-test';
    const listening = createServer((socket) => socket.end()).listen('\0gondola-test');
    expect(await evaluate(code.replace(path, abstract))).toBe('"ECONNREFUSED"');
    server.close();
    listening.close();
  });

  it('holds no privileges and gains none', async () => {
    const status = JSON.parse(await read('/proc/self/status'));
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^CapBnd:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(await evaluate('process.setuid(process.getuid())')).toBe('null');
    expect(await evaluate('process.setuid(0)')).toBe('error EPERM');
    expect(await evaluate("exec('/usr/bin/mount', '-t', 'tmpfs', 'x', '/tmp')")).toMatch(/^error/);
    expect(await evaluate(`${fs}.chownSync('/session/x', 0, 0)`)).toBe('error EPERM');
    expect(await evaluate("exec('/usr/bin/mknod', '/tmp/disk', 'b', '8', '0')")).toMatch(/^error/);
  });

  it('makes no calls that only attacks need', async () => {
    expect(await read('/proc/self/status')).toMatch(/Seccomp:\\t2/);
    expect(await evaluate("exec('/usr/bin/unshare', '-h').length > 0")).toBe('true');
    for (const flag of ['-U', '-n', '-m']) {
      const ran = await evaluate(`exec('/usr/bin/unshare', '${flag}', '/bin/true')`);
      expect(ran).toBe('error 1');
    }
    // A new process and a new thread are no new namespace.
    expect(await evaluate("exec('/bin/sh', '-c', 'echo child').trim()")).toBe('"child"');
    const thread =
      "new Promise((resolve) => new (process.getBuiltinModule('worker_threads').Worker)('0', { eval: true }).on('exit', resolve))";
    expect(await evaluate(thread)).toBe('0');
  });

  it('sees no device but the harmless ones', async () => {
    expect(await write('/dev/null')).toBe('null');
    const devices = JSON.parse(await evaluate(`${fs}.readdirSync('/dev')`));
    expect(devices).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(sd|vd|nvme|mem|kmem|fuse|kvm|loop)/)]),
    );
  });

  it('changes nothing of the kernel', async () => {
    expect(await read('/proc/sys/kernel/ostype')).toBe('"Linux\\n"');
    expect(await write('/proc/sys/kernel/core_pattern')).toMatch(/^error (EROFS|EACCES|EPERM)$/);
    expect(await write('/proc/sysrq-trigger')).toMatch(/^error (EROFS|EACCES|EPERM|EIO|ENOENT)$/);
  });

  it('leaves no process behind when its session ends', async () => {
    const ran = await bench.run('daemon', { notebook: 'sub/report.nb.md' });
    const inside = Number(ran.stdout);
    expect(await evaluate(`process.kill(${inside}, 0)`)).toBe('true');
    const before = Number(
      execFileSync('pgrep', ['-c', '-f', 'setInterval\\(\\(\\) => \\{\\}, 1000\\)'], { encoding: 'utf8' }),
    );
    expect(before).toBeGreaterThan(0);
    await bench.sessions.restart('sub-report-nb-md' as Parameters<typeof bench.sessions.restart>[0], { clear: false });
    expect(await evaluate(`process.kill(${inside + 100}, 0)`)).toBe('error ESRCH');
    const after = execFileSync(
      'sh',
      ['-c', "ps -eo uid,args | grep 'setInterval(() => {}, 1000)' | grep -v grep | wc -l"],
      {
        encoding: 'utf8',
      },
    );
    expect(Number(after)).toBe(0);
  });

  it('cannot fill memory by files in /tmp', async () => {
    const fill = `(() => { for (let index = 0; index < 200; index += 1) ${fs}.writeFileSync('/tmp/fill' + index, Buffer.alloc(1048576)); })()`;
    expect(await evaluate(fill)).toBe('error ENOSPC');
    await evaluate("exec('/bin/sh', '-c', 'rm -f /tmp/fill*')");
  });

  it.each(['/etc', '/oldroot/etc', '../../private-nb-md/session', '/session'])(
    'binds no data over what a link to %s in its place names',
    async (target) => {
      const { mkdirSync, rmSync, symlinkSync } = await import('node:fs');
      const notebook = 'sub-report-nb-md' as Parameters<typeof bench.sessions.restart>[0];
      await bench.sessions.restart(notebook, { clear: false });
      const at = join(bench.workspace, '.gondola/notebooks/sub-report-nb-md/session/data');
      rmSync(at, { recursive: true, force: true });
      symlinkSync(target, at);
      mkdirSync(join(bench.workspace, '.gondola/notebooks/private-nb-md/session'), { recursive: true });
      expect(JSON.parse(await read('/session/data/mine.csv'))).toBe('x\n1\n');
      expect(await read('/etc/passwd')).toBe('error ENOENT');
      expect(readdirSync(join(bench.workspace, '.gondola/notebooks/private-nb-md/session'))).not.toContain('mine.csv');
    },
  );

  it('does not see another session’s folder', async () => {
    await bench.run("eval process.getBuiltinModule('fs').writeFileSync('secret', 'x')", { notebook: 'private.nb.md' });
    const folder = join(bench.workspace, '.gondola/notebooks/private-nb-md/session');
    expect(existsSync(join(folder, 'secret'))).toBe(true);
    expect(await read(join(folder, 'secret'))).toBe('error ENOENT');
    expect(await read('/session/secret')).toBe('error ENOENT');
  });
});

describe.skipIf(!sandboxed)('the probe at start', () => {
  const program = resolveProgram('scripted')!;
  const options = (workspace: string) => ({
    sandbox: 'auto' as const,
    beyondLoopback: false,
    system,
    program,
    workspace,
    state: join(workspace, '.gondola'),
    limits,
  });

  it('finds a form that holds, also below a folder that only root may enter', async () => {
    const bench = openBench();
    // A fresh temporary folder has mode 0700.
    const found = await findIsolation(options(bench.workspace));
    expect(found).toMatchObject({ kind: 'bwrap' });
    expect(readdirSync(join(bench.workspace, '.gondola')).filter((name) => name.startsWith('probe'))).toEqual([]);
    await bench.close();
  });

  it('holds as well when it was bundled, minified and its functions renamed', async () => {
    const bench = openBench();
    const outfile = join(bench.workspace, 'probe.mjs');
    const entryPoints = [join(root, 'server/sessions/probe.ts')];
    const shape = { bundle: true, format: 'esm', platform: 'node', minify: true, keepNames: true } as const;
    await build({ ...shape, entryPoints, outfile });
    const bundled: { findIsolation: typeof findIsolation } = await import(outfile);
    const found = await bundled.findIsolation(options(bench.workspace));
    expect(found.kind, JSON.stringify(found)).toBe('bwrap');
    await bench.close();
  });

  it('goes on to the next form where one fails, and takes none that only seems to work', async () => {
    const bench = openBench();
    if (system.root) execFileSync('chmod', ['755', bench.workspace]);
    const wrapped = (fault: string): string => {
      const path = join(bench.workspace, `bwrap-${fault.replaceAll(/\W/g, '')}`);
      const refuse = `for arg in "$@"; do [ "$arg" = "${fault}" ] && { echo "no ${fault} here" >&2; exit 1; }; done`;
      writeFileSync(path, `#!/bin/sh\n${refuse}\nexec ${system.bwrap} "$@"\n`, { mode: 0o755 });
      return path;
    };
    const find = (bwrap: string) => findIsolation({ ...options(bench.workspace), system: { ...system, bwrap } });
    const user = system.root ? { user: SANDBOX_ID } : {};
    expect(await find(system.bwrap!)).toEqual({ kind: 'bwrap', form: { id: 'namespace', proc: 'mounted', ...user } });
    expect(await find(wrapped('--proc'))).toEqual({
      kind: 'bwrap',
      form: { id: 'namespace', proc: 'folder', ...user },
    });
    expect(await find(wrapped('--unshare-user'))).toEqual(
      system.root
        ? { kind: 'bwrap', form: { id: 'setpriv', proc: 'mounted', user: SANDBOX_ID } }
        : { kind: 'none', why: expect.stringContaining('no --unshare-user here') },
    );
    // Runs the program, encloses nothing.
    const open = join(bench.workspace, 'bwrap-open');
    const shift =
      'until [ "$1" = "--" ]; do shift; done; while [ $# -gt 0 ]; do case "$1" in */bin/node) shift; break;; esac; shift; done';
    writeFileSync(open, `#!/bin/sh\n${shift}\nexec ${node} "$@"\n`, { mode: 0o755 });
    expect(await find(open)).toMatchObject({ kind: 'none', why: expect.stringContaining('it sees /etc') });
    await bench.close();
  });

  it('refuses a line that leaves something open', () => {
    const good: Report = {
      uid: SANDBOX_ID,
      capabilities: '0000',
      noNewPrivileges: '1',
      environment: ['PWD'],
      firstEnvironment: 'done',
      processes: 3,
      etc: 'ENOENT',
      workspace: 'ENOENT',
      writeRoot: 'EROFS',
      writeApp: 'EROFS',
      writeResults: 'EROFS',
      writeSession: 'done',
      writeOut: 'done',
      connect: 'ECONNREFUSED',
      namespace: '1',
      readOwn: 'done',
    };
    const form = { id: 'namespace', proc: 'mounted', user: SANDBOX_ID } as const;
    expect(judgeReport(good, form, system)).toEqual([]);
    const bad: Partial<Report>[] = [
      { uid: 0 },
      { capabilities: '00ff' },
      { noNewPrivileges: '0' },
      { environment: ['PWD', 'HOME'] },
      { firstEnvironment: 'seen' },
      { processes: 90 },
      { etc: 'done' },
      { workspace: 'done' },
      { writeRoot: 'done' },
      { writeApp: 'done' },
      { writeResults: 'done' },
      { writeSession: 'EACCES' },
      { writeOut: 'EROFS' },
      { connect: 'connected' },
      { namespace: 'made' },
      { readOwn: 'ENOENT' },
    ];
    for (const change of bad)
      expect([change, judgeReport({ ...good, ...change }, form, system)]).toEqual([change, [expect.any(String)]]);
    expect(judgeReport({ ...good, uid: 0 }, { id: 'namespace', proc: 'mounted' }, { user: 0 })).not.toEqual([]);
  });

  it('says that nothing isolates where bubblewrap is missing or fails, and refuses code only beyond loopback', async () => {
    const bench = openBench();
    const broken = join(bench.workspace, 'bwrap');
    writeFileSync(broken, '#!/bin/sh\necho "no namespaces here" >&2\nexit 1\n', { mode: 0o755 });
    const { bwrap: _, ...without } = system;
    const base = options(bench.workspace);
    expect(await findIsolation({ ...base, system: without })).toEqual({
      kind: 'none',
      why: expect.stringContaining('not installed'),
    });
    expect(await findIsolation({ ...base, system: { ...system, bwrap: broken } })).toEqual({
      kind: 'none',
      why: expect.stringContaining('no namespaces here'),
    });
    expect(await findIsolation({ ...base, system: without, beyondLoopback: true })).toMatchObject({ refused: true });
    expect(await findIsolation({ ...base, system: without, sandbox: 'bwrap' })).toMatchObject({ refused: true });
    const off = await findIsolation({ ...base, sandbox: 'off', beyondLoopback: true });
    expect(off).toEqual({ kind: 'none', why: expect.stringContaining('switched off') });
    await bench.close();
  });

  it('finds an enclosure without bubblewrap, also below a folder that only root may enter', async () => {
    if (!unshare) return missing('unshare: the enclosure without bubblewrap is not probed');
    const bench = openBench();
    const { bwrap: _, ...without } = system;
    const base = options(bench.workspace);
    const user = system.root ? { user: SANDBOX_ID } : {};
    // A fresh temporary folder has mode 0700.
    const closed = await findIsolation({ ...base, system: { ...without, unshare } });
    const id = system.root ? 'unshare-root' : 'unshare';
    expect(closed).toEqual({ kind: 'unshare', form: { id, proc: 'mounted', ...user } });
    execFileSync('chmod', ['755', bench.workspace]);
    const open = await findIsolation({ ...base, sandbox: 'unshare', system: { ...system, unshare } });
    expect(open).toEqual({ kind: 'unshare', form: { id: 'unshare', proc: 'mounted', ...user } });
    // bubblewrap alone was asked for, and unshare where there is none.
    expect(await findIsolation({ ...base, sandbox: 'bwrap', system: { ...without, unshare } })).toMatchObject({
      refused: true,
    });
    expect(await findIsolation({ ...base, sandbox: 'unshare' })).toMatchObject({
      refused: true,
      why: expect.stringContaining('not installed'),
    });
    await bench.close();
  });

  it('leaves it to the container where the operator says so', async () => {
    const bench = openBench();
    const found = await findIsolation({ ...options(bench.workspace), sandbox: 'container', beyondLoopback: true });
    expect(found).toEqual({ kind: 'container', why: expect.stringContaining('container') });
    await bench.close();
  });

  it('says nothing of a sandbox that no trial of ended in time, so that no code runs without one', async () => {
    const bench = openBench();
    const slow = join(bench.workspace, 'bwrap');
    writeFileSync(slow, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    const trial = findIsolation({ ...options(bench.workspace), system: { ...system, bwrap: slow }, within: 200 });
    await expect(trial).rejects.toThrow('no sandbox could be tried within 0.2 s');
    await bench.close();
  });

  it.each([
    ['auto', 'code-refused'],
    ['container', 'code-refused'],
    ['off', undefined],
  ] as const)(
    'without an enclosure of ours (%s) asks at each run whether several people own notebooks',
    async (sandbox, code) => {
      const { bwrap: _, ...without } = system;
      let several = false;
      const bench = openBench({ sandbox, system: without, severalOwners: () => several });
      expect((await bench.run('print x')).outcome).toEqual({ state: 'done' });
      several = true;
      const ran = await bench.run('print x');
      expect(ran.outcome).toEqual(
        code ? { state: 'failed', failure: expect.objectContaining({ code }) } : { state: 'done' },
      );
      await bench.close();
    },
  );

  it('lets no code run where it is refused', async () => {
    const bench = openBench({ isolation: { kind: 'none', why: 'nothing isolates it.', refused: true } });
    const ran = await bench.run('print x');
    expect(ran.outcome).toMatchObject({ state: 'failed', failure: { code: 'code-refused' } });
    expect(ran.stdout).toBe('');
    expect(bench.sessions.status('report-nb-md' as Parameters<typeof bench.sessions.status>[0])).toMatchObject({
      state: 'none',
      isolation: 'none',
    });
    await bench.close();
  });
});
