import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { sha256 } from '../../platform/hash.ts';
import type { RootSigner } from './ledger-root.ts';

/** The public half of a key of KMS (SPKI, DER): what a root's signature is checked with. */
export const kmsPublicKey = async (client: KMSClient, keyId: string): Promise<Uint8Array> => {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
  if (PublicKey === undefined) throw new Error('KMS answered without a public key');
  return PublicKey;
};

/** Signs with a key of KMS (ECC_NIST_P256) that never leaves it. */
export const kmsSigner = (client: KMSClient, keyId: string): RootSigner => ({
  sign: async (message) => {
    // KMS takes 4 KB of a message itself, and any message's digest.
    const { Signature } = await client.send(
      new SignCommand({
        KeyId: keyId,
        Message: sha256(message),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    if (Signature === undefined) throw new Error('KMS answered without a signature');
    return Signature;
  },
  publicKey: () => kmsPublicKey(client, keyId),
});
