/**
 * What the probe runs inside an enclosure: a program as text, for `node -e`, with its names as JSON in the argument. It is
 * text and no function of ours, as a bundler may rename what a function uses. It prints a `Report` of `probe.ts`.
 */
export const INSIDE_PROBE = String.raw`
const fs = require('node:fs');
const net = require('node:net');
const { execFileSync } = require('node:child_process');
const names = JSON.parse(process.argv[1]);
const attempt = (what, well = 'done') => {
  try {
    what();
    return well;
  } catch (error) {
    return String(error.code ?? error.status ?? error);
  }
};
const field = (text, name) => new RegExp('^' + name + ':\\s+(\\S+)$', 'm').exec(text)?.[1] ?? '';
const privileges = () => {
  if (fs.existsSync('/proc/self/status')) {
    const status = fs.readFileSync('/proc/self/status', 'utf8');
    const sets = ['CapEff', 'CapPrm', 'CapInh', 'CapAmb', 'CapBnd'].map((name) => field(status, name));
    return { capabilities: sets.find((set) => /[^0]/.test(set)) ?? sets[0], noNewPrivileges: field(status, 'NoNewPrivs') };
  }
  const dump = execFileSync('/usr/bin/setpriv', ['-dd'], { encoding: 'utf8' });
  const none = /^Effective capabilities: \[none\]$/m.test(dump) && /^Permitted capabilities: \[none\]$/m.test(dump);
  return { capabilities: none ? '0' : 'some', noNewPrivileges: /^no_new_privs: 1$/m.test(dump) ? '1' : '0' };
};
const firstEnvironment = () => {
  let text = '';
  try {
    text = fs.readFileSync('/proc/1/environ', 'latin1');
  } catch {
    return 'hidden';
  }
  return text.replace(/PWD=[^\0]*\0/, '') === '' ? 'empty' : 'seen';
};
const report = {
  uid: process.getuid(),
  ...privileges(),
  environment: Object.keys(process.env),
  firstEnvironment: firstEnvironment(),
  processes: fs.existsSync('/proc/self') ? fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).length : 0,
  etc: attempt(() => fs.readdirSync('/etc')),
  workspace: names.hidden.some((path) => fs.existsSync(path)) ? 'seen' : 'ENOENT',
  writeRoot: attempt(() => fs.writeFileSync('/x', '')),
  writeApp: attempt(() => fs.writeFileSync('/app/x', '')),
  writeResults: attempt(() => fs.writeFileSync('/results/x', '')),
  writeSession: attempt(() => fs.writeFileSync('/session/mark', names.mark)),
  writeOut: attempt(() => fs.writeFileSync('/out/mark', names.mark)),
  readOwn: attempt(() => fs.readFileSync('/app/package.json')),
  namespace: fs.existsSync('/usr/bin/unshare')
    ? attempt(() => execFileSync('/usr/bin/unshare', ['-U', '/bin/true'], { stdio: 'pipe' }), 'made')
    : 'no tool',
};
const finish = (connect) => process.stdout.write(JSON.stringify({ ...report, connect }), () => process.exit(0));
net.connect(names.port, '127.0.0.1').on('connect', () => finish('connected')).on('error', (error) => finish(error.code));
`;
