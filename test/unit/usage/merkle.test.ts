import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inclusionPath, leafHash, merkleRoot, rootBuilder, rootByPath } from '../../../lambdas/usage/walk/merkle.ts';

const leaves = (texts: readonly string[]) => texts.map(leafHash);

/**
 * The inputs and roots of the tests of Certificate Transparency's reference implementation: the eight leaves of RFC 6962
 * trees, in hex.
 */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => Buffer.from(hex, 'hex'),
);

describe('a Merkle tree', () => {
  it('hashes nothing, leaves and nodes apart', () => {
    expect(rootBuilder().root().toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(leafHash('').toString('hex')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  });

  it('gives the published root of eight leaves', () => {
    // leafHash takes text; these bytes are all below 0x80, so text and bytes are the same.
    const texts = INPUTS.map((bytes) => bytes.toString('latin1'));
    expect(merkleRoot(leaves(texts)).toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  it('shows every leaf, and no other in its place', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 40 }), fc.nat(), (texts, at) => {
        const hashes = leaves(texts);
        const index = at % texts.length;
        const root = merkleRoot(hashes);
        const path = inclusionPath(hashes, index);
        expect(rootByPath(leafHash(texts[index] ?? ''), index, texts.length, path)).toEqual(root);
        expect(rootByPath(leafHash(`${texts[index]}!`), index, texts.length, path)).not.toEqual(root);
        expect(() => rootByPath(leafHash(''), index, texts.length, [...path, root])).toThrow(RangeError);
        expect(() => rootByPath(leafHash(''), texts.length, texts.length, path)).toThrow(RangeError);
        expect(() => inclusionPath(hashes, texts.length)).toThrow(RangeError);
      }),
    );
  });
});
