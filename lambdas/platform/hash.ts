import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256 of bytes or text, as bytes. */
export const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();

/** SHA-256 of bytes or text, as 64 hex digits. */
export const sha256Hex = (data: Uint8Array | string): string => sha256(data).toString('hex');

/** The content hash of a JSON value: SHA-256 of its canonical text, as 64 hex digits. */
export const contentHash = (value: unknown): string => sha256Hex(canonicalJson(value));
