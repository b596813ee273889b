import type { CloseException } from '../../../../lambdas/close/types.ts';

/** `firstSeen` → `First seen`. */
const labelOf = (key: string): string => {
  const words = key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, inner]) => `${labelOf(key)}: ${textOf(inner)}`)
      .join('; ');
  }
  return String(value);
};

/** The evidence of an exception as labelled values. */
export const evidenceOf = ({ evidence }: CloseException): { label: string; value: string }[] =>
  Object.entries(evidence).map(([key, value]) => ({ label: labelOf(key), value: textOf(value) }));
