import type { CloseException } from '../../../../lambdas/close/types.ts';

/** `firstSeen` → `First seen`. */
const labelOf = (key: string): string => {
  const words = key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, inner]) => `${labelOf(key)}: ${textOf(inner)}`)
      .join('; ');
  }
  const text = String(value);
  return INSTANT.test(text) ? `${text.slice(0, 10)} ${text.slice(11, 19)} UTC` : text;
};

/** The evidence of an exception as labelled values. */
export const evidenceOf = ({ evidence }: CloseException): { label: string; value: string }[] =>
  Object.entries(evidence).map(([key, value]) => ({ label: labelOf(key), value: textOf(value) }));
