/**
 * Passwords: scrypt, with salt and parameters stored beside the hash, so that they can be raised later and old ones still
 * fit. At most a few are computed at once: each takes 32 MB and a core for a moment, and anybody may ask for one.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { AppError } from '../errors.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../protocol/passwords.ts';

/** Recommended by OWASP with 32 MB: N 2^15, r 8, p 3. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** Beside the blocks (128 N r) scrypt wants a little. */
const MOST_MEMORY = 256 * 1024 * 1024;

type Parsed = {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number };
  readonly salt: Buffer;
  readonly key: Buffer;
};

/** `scrypt$N$r$p$SALT$KEY`. Throws AppError bad-request: too short or long. */
export async function hashPassword(password: string, salt = randomBytes(SALT_BYTES)): Promise<string> {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD)
    throw new AppError('bad-request', `a password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`);
  const key = await derive(password, salt, COST, KEY_BYTES);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Takes the same time where there is no password at all. */
export async function isPassword(given: string, stored: string | undefined): Promise<boolean> {
  const parsed = stored === undefined ? undefined : parse(stored);
  const { cost, salt, key } = parsed ?? { cost: COST, salt: Buffer.alloc(SALT_BYTES), key: Buffer.alloc(KEY_BYTES) };
  const derived = await derive(given.slice(0, LONGEST_PASSWORD), salt, cost, key.length);
  return timingSafeEqual(derived, key) && parsed !== undefined;
}

function parse(stored: string): Parsed | undefined {
  const match = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]{43})$/.exec(stored);
  if (!match) return undefined;
  const [, N, r, p, salt = '', key = ''] = match;
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}

/** The same letters typed on another system are the same password. */
function derive(password: string, salt: Buffer, cost: ScryptOptions, bytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, bytes, { ...cost, maxmem: MOST_MEMORY }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
