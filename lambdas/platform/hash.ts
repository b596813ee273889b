import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256 of bytes or text, as bytes. */
export const sha256 = (data: Uint8Array | string): Buffer => hash('sha256', data, 'buffer');

/** SHA-256 of bytes or text, as 64 hex digits. */
export const sha256Hex = (data: Uint8Array | string): string => hash('sha256', data);

/** The content hash of a JSON value: SHA-256 of its canonical text, as 64 hex digits. */
export const contentHash = (value: unknown): string => sha256Hex(canonicalJson(value));
