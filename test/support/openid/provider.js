/**
 * An OpenID provider as a process: a form to sign in with, consent that is never asked. `node provider.js [ISSUER [PORT]]`
 * prints its address when it answers. `POST /people` says who there is: {name: {sub, password, claims}}. With an issuer that
 * is not its own address it calls itself by that, as one that pretends would.
 */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { interactionPolicy, Provider } from 'oidc-provider';

let people = {};
const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
});
server.listen(Number(process.argv[3] ?? 0), '127.0.0.1');
await once(server, 'listening');
const own = `http://127.0.0.1:${server.address().port}`;
const issuer = process.argv[2] || own;

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
// Of native clients it would ask for consent each time.
const policy = interactionPolicy.base();
policy.get('consent').checks.remove('native_client_prompt');
const bySub = (sub) => Object.values(people).find((person) => person.sub === sub);
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'gondola',
      client_secret: 'a secret of the client',
      // Native: the port of a loopback address may be any.
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/sign-in/oidc/callback'],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256', kid: 'one' }] },
  cookies: { keys: ['of the tests'] },
  pkce: { required: () => true },
  scopes: ['openid', 'groups'],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'], groups: ['groups'] },
  features: { devInteractions: { enabled: false } },
  interactions: { policy, url: (_, { uid }) => `/login/${uid}` },
  findAccount: async (_, sub) => {
    const person = bySub(sub);
    return person && { accountId: sub, claims: async () => ({ sub, ...person.claims }) };
  },
  // The session's own grant: a fresh one at the second sign-in would end what the first one gave.
  loadExistingGrant: async ({ oidc: { client, session } }) => {
    const before = session.grantIdFor(client.clientId);
    if (before) return provider.Grant.find(before);
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile email groups');
    await grant.save();
    return grant;
  },
});
const callback = provider.callback();

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

async function answer(request, response) {
  if (request.url === '/people') {
    people = JSON.parse(await bodyOf(request));
    response.writeHead(204).end();
    return;
  }
  if (!request.url.startsWith('/login/')) return callback(request, response);
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const fields = '<input name="name"><input name="password" type="password"><button>Sign in</button>';
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<form method="post" action="/login/${uid}">${fields}</form>`);
    return;
  }
  const form = new URLSearchParams(await bodyOf(request));
  const person = people[form.get('name')];
  if (!person || person.password !== form.get('password')) {
    response.writeHead(401).end('wrong');
    return;
  }
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: person.sub } },
    { mergeWithLastSubmission: false },
  );
}

process.stdout.write(`${own}\n`);
