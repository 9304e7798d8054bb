import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { takeRandom } from './take-random.ts';

/** A URL key is 22 characters of installation id (128 bits), then 22 of MAC (128 bits), base64url. */
const idLength = 22;
const keyPattern = /^[\w-]{44}$/;

/** Whether it could be a key of some server like this one. */
export function hasKeyForm(key: string): boolean {
  return keyPattern.test(key);
}

export interface Keyring {
  /** A new installation id: 128 random bits. */
  newInstallationId(): string;
  /** The key for one URL. The purpose is in the MAC, so a key of one URL says nothing about the key of another. */
  mint(installationId: string, purpose: string): string;
  /** The installation id in a key that this server minted for this purpose; undefined for any other text. Reads no database. */
  open(key: string, purpose: string): string | undefined;
  /** AES-256-GCM. `row` names the row that it is for: a ciphertext copied to another row does not open. */
  encrypt(plain: string, row: string): Buffer;
  decrypt(sealed: Uint8Array, row: string): string;
  /** Whether the first key of APP_KEY sealed it: the others are kept to open older texts. */
  isUnderFirst(sealed: Uint8Array, row: string): boolean;
  /** A text for a URL or a form that only this server reads again, and only for the same `place`. base64url. */
  seal(plain: string, place: string): string;
  /** Undefined for any text that this server did not seal for this place. */
  unseal(sealed: string, place: string): string | undefined;
}

/** @param appKeys the texts of APP_KEY: the first signs and encrypts, all verify and decrypt, so a key can be changed without a break. */
export function buildKeyring(appKeys: readonly string[]): Keyring {
  const rings = appKeys.map((appKey) => ({
    url: derive(appKey, 'url'),
    seal: derive(appKey, 'seal'),
    keyOf: rememberKeys(derive(appKey, 'place')),
  }));
  const [first] = rings;
  if (first === undefined) throw new Error('APP_KEY is empty');

  return {
    newInstallationId,
    mint: (installationId, purpose) => installationId + mac(first.url, installationId, purpose).toString('base64url'),
    open(key, purpose) {
      if (!hasKeyForm(key)) return undefined;
      const id = key.slice(0, idLength);
      const given = Buffer.from(key.slice(idLength), 'base64url');
      // base64url has spare bits in its last character: only the one spelling that we minted is accepted.
      if (given.toString('base64url') !== key.slice(idLength)) return undefined;
      return rings.some((ring) => timingSafeEqual(mac(ring.url, id, purpose), given)) ? id : undefined;
    },
    encrypt: (plain, row) => encipher(first.seal, plain, row),
    decrypt(sealed, row) {
      for (const ring of rings) {
        const plain = decipher(ring.seal, sealed, row);
        if (plain !== undefined) return plain;
      }
      throw new Error(`No key in APP_KEY opens the secret of ${row}: was a key removed that is still in use?`);
    },
    isUnderFirst: (sealed, row) => decipher(first.seal, sealed, row) !== undefined,
    seal: (plain, place) => encipher(first.keyOf(place), plain, place).toString('base64url'),
    unseal(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64url');
      // Only the one spelling that we made is accepted, as in `open`.
      if (bytes.toString('base64url') !== sealed) return undefined;
      for (const ring of rings) {
        const plain = decipher(ring.keyOf(place), bytes, place);
        if (plain !== undefined) return plain;
      }
      return undefined;
    },
  };
}

/** Operators write it on a command line, where a word that begins with - is an option. */
function newInstallationId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

/** As key objects: Node 24 takes 10 µs to make one of a Buffer at each use, four times as long as the use itself. */
function derive(appKey: string, use: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', appKey, 'appconnect-server', use, 32)));
}

function mac(key: KeyObject, installationId: string, purpose: string): Buffer {
  return createHmac('sha256', key).update(installationId).update(' ').update(purpose).digest().subarray(0, 16);
}

/** Keys of places that are remembered: a page seals for half a dozen of them. */
const mostKeys = 1000;

/** A key for each place: one key may seal 2^32 texts with random nonces (NIST SP 800-38D), and pages seal some for every visit. */
function rememberKeys(key: KeyObject): (place: string) => KeyObject {
  const keys = new LRUCache<string, KeyObject>({
    max: mostKeys,
    memoMethod: (place) => createSecretKey(createHmac('sha256', key).update(place).digest()),
  });
  return (place) => keys.memo(place);
}

function encipher(key: KeyObject, plain: string, bound: string): Buffer {
  const iv = takeRandom(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound));
  return Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

function decipher(key: KeyObject, sealed: Uint8Array, bound: string): string | undefined {
  try {
    const opened = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
    opened.setAAD(Buffer.from(bound)).setAuthTag(sealed.subarray(-16));
    return opened.update(sealed.subarray(12, -16), undefined, 'utf8') + opened.final('utf8');
  } catch {
    return undefined;
  }
}
