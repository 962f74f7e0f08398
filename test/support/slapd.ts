/**
 * Debian's slapd as a process in a folder of its own, with people, groups and a certificate. Undefined where it is not
 * installed: `npm run test:services` counts that, and with `CI=true` it fails.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'ldapts';
import { missing } from './missing.ts';

export const BASE = 'dc=gondola,dc=test';
export const ADMIN = `cn=admin,${BASE}`;
export const ADMIN_PASSWORD = 'a secret of the service';

const SLAPD = '/usr/sbin/slapd';
/** Until it answers: 0.2 s on a machine that does nothing else. */
const PATIENCE_MS = 30_000;

export type Slapd = {
  /** `ldap://127.0.0.1:PORT`; with StartTLS. */
  readonly url: string;
  /** `ldaps://localhost:PORT`. */
  readonly secureUrl: string;
  /** The certificate that signs the server's: its own. */
  readonly caFile: string;
  /** As its administrator. */
  change(work: (client: Client) => Promise<void>): Promise<void>;
  /** Stops listening; `start` goes on with the same data and ports. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** For good. */
  remove(): Promise<void>;
};

const conf = (folder: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${folder}/pid
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
database mdb
maxsize 67108864
suffix "${BASE}"
rootdn "${ADMIN}"
rootpw "${ADMIN_PASSWORD}"
directory ${folder}/db
index objectClass,uid,member eq
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`;

export async function startSlapd(): Promise<Slapd | undefined> {
  if (!existsSync(SLAPD)) {
    missing('slapd: sign-in by an LDAP directory (apt-get install slapd)');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'gondola-slapd-'));
  mkdirSync(join(folder, 'db'));
  writeFileSync(join(folder, 'slapd.conf'), conf(folder));
  certificate(folder);
  const [port, securePort] = [await freePort(), await freePort()];
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const log = join(folder, 'log');
    // The second address is none that its certificate has.
    const urls = ['127.0.0.1', '127.0.0.2']
      .map((host) => `ldap://${host}:${port} ldaps://${host}:${securePort}`)
      .join(' ');
    // In the foreground; what it says goes to a file.
    child = spawn(SLAPD, ['-d', '0', '-f', join(folder, 'slapd.conf'), '-h', urls], {
      stdio: ['ignore', openSync(log, 'a'), openSync(log, 'a')],
    });
    const since = performance.now();
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}: ${readFileSync(log, 'utf8')}`);
      if (performance.now() - since > PATIENCE_MS) throw new Error('slapd does not answer');
    }
  }

  async function stop(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async function change(work: (client: Client) => Promise<void>): Promise<void> {
    const client = new Client({ url: `ldap://127.0.0.1:${port}` });
    try {
      await client.bind(ADMIN, ADMIN_PASSWORD);
      await work(client);
    } finally {
      await client.unbind();
    }
  }

  await start();
  await change(populate);
  return {
    url: `ldap://127.0.0.1:${port}`,
    secureUrl: `ldaps://localhost:${securePort}`,
    caFile: join(folder, 'cert.pem'),
    change,
    start,
    stop,
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const personDn = (uid: string): string => `uid=${uid},ou=people,${BASE}`;

export const addPerson = (client: Client, uid: string, cn: string): Promise<void> =>
  client.add(personDn(uid), {
    objectClass: ['inetOrgPerson'],
    uid,
    cn,
    sn: cn,
    mail: `${uid}@example.test`,
    userPassword: `pw-${uid}`,
  });

export const addGroup = (client: Client, dn: string, ...members: readonly string[]): Promise<void> =>
  client.add(dn, { objectClass: ['groupOfNames'], member: members.map(personDn) });

async function populate(client: Client): Promise<void> {
  await client.add(BASE, { objectClass: ['dcObject', 'organization'], o: 'gondola', dc: 'gondola' });
  for (const ou of ['people', 'groups', 'clubs'])
    await client.add(`ou=${ou},${BASE}`, { objectClass: ['organizationalUnit'], ou });
  await addPerson(client, 'anna', 'Anna A');
  await addPerson(client, 'ben', 'Ben (B) *');
  await addPerson(client, 'cem', 'Cem \\ "C", D');
  await addGroup(client, `cn=analysts,ou=groups,${BASE}`, 'anna');
  await addGroup(client, `cn=readers,ou=groups,${BASE}`, 'anna', 'ben');
  // Anybody may found a club, under any name.
  await addGroup(client, `cn=admins,ou=clubs,${BASE}`, 'ben');
}

function certificate(folder: string): void {
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [...args, '-subj', '/CN=localhost', '-addext', names, ...files], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  if (made.status !== 0) throw new Error(`openssl: ${made.error ?? made.stderr}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  const client = new Client({ url: `ldap://127.0.0.1:${port}`, connectTimeout: 1000, timeout: 1000 });
  try {
    await client.bind(ADMIN, ADMIN_PASSWORD);
    return true;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  } finally {
    await client.unbind().catch(() => {});
  }
}
