import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** A URL key is 22 characters of installation id (128 bits), then 22 of MAC (128 bits), base64url. */
const idLength = 22;
const keyPattern = /^[\w-]{44}$/;

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
}

/** @param appKeys the texts of APP_KEY: the first signs and encrypts, all verify and decrypt, so a key can be changed without a break. */
export function buildKeyring(appKeys: readonly string[]): Keyring {
  const rings = appKeys.map((appKey) => ({ url: derive(appKey, 'url'), seal: derive(appKey, 'seal') }));
  const [first] = rings;
  if (first === undefined) throw new Error('APP_KEY is empty');

  return {
    newInstallationId: () => randomBytes(16).toString('base64url'),
    mint: (installationId, purpose) => installationId + mac(first.url, installationId, purpose).toString('base64url'),
    open(key, purpose) {
      if (!keyPattern.test(key)) return undefined;
      const id = key.slice(0, idLength);
      const given = Buffer.from(key.slice(idLength), 'base64url');
      // base64url has spare bits in its last character: only the one spelling that we minted is taken.
      if (given.toString('base64url') !== key.slice(idLength)) return undefined;
      return rings.some((ring) => timingSafeEqual(mac(ring.url, id, purpose), given)) ? id : undefined;
    },
    encrypt(plain, row) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', first.seal, iv).setAAD(Buffer.from(row));
      return Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt(sealed, row) {
      for (const ring of rings) {
        const plain = unseal(ring.seal, sealed, row);
        if (plain !== undefined) return plain;
      }
      throw new Error(`No key in APP_KEY opens the secret of ${row}: was a key removed that is still in use?`);
    },
  };
}

function derive(appKey: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', appKey, 'appconnect-server', use, 32));
}

function mac(key: Buffer, installationId: string, purpose: string): Buffer {
  return createHmac('sha256', key).update(installationId).update(' ').update(purpose).digest().subarray(0, 16);
}

function unseal(key: Buffer, sealed: Uint8Array, row: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(row)).setAuthTag(sealed.subarray(-16));
    return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
