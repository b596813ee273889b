import type { DomainEventPublisher, DomainEvents } from '../../lambdas/platform/domain-events.ts';
import type { DirtyMark, DirtyMarks } from '../../lambdas/usage/ledger/dirty-marks.ts';
import type { SubjectRecord, Subjects } from '../../lambdas/usage/ledger/subjects.ts';
import type { LastPoints } from '../../lambdas/usage/settle/last-points.ts';
import {
  decodeHead,
  decodeSettled,
  encodeSettled,
  type SettledItem,
  settledBytes,
} from '../../lambdas/usage/settle/settled-item.ts';
import type { SettledStore } from '../../lambdas/usage/settle/settled-store.ts';

/** Dirty marks in memory. Passes test/contract/projection-stores.ts, as all here. */
export const memoryDirtyMarks = (): DirtyMarks & { writes(): number } => {
  const marks = new Map<string, DirtyMark>();
  let writes = 0;
  const keyOf = ({ subject, day }: DirtyMark) => `${subject}#${day}`;
  return {
    writes: () => writes,
    mark: async ({ slots, ...mark }) => {
      writes += 1;
      const known = marks.get(keyOf(mark));
      const isWhole = slots === undefined || (known !== undefined && known.slots === undefined);
      const named = Object.fromEntries((slots ?? []).map((start) => [start, mark.at]));
      marks.set(keyOf(mark), isWhole ? mark : { ...mark, slots: { ...known?.slots, ...named } });
    },
    marksOf: async (subject) =>
      [...marks.values()].filter((mark) => mark.subject === subject).sort((a, b) => (a.day < b.day ? -1 : 1)),
    clear: async (mark, slots) => {
      const known = marks.get(keyOf(mark));
      if (slots === undefined) return known?.token === mark.token && marks.delete(keyOf(mark));
      if (known?.slots === undefined || slots.some((start) => known.slots?.[start] !== mark.slots?.[start]))
        return false;
      const left = Object.entries(known.slots).filter(([start]) => !slots.includes(start));
      marks.set(keyOf(mark), { ...known, slots: Object.fromEntries(left) });
      return true;
    },
  };
};

/** The registry of subjects in memory. */
export const memorySubjects = (): Subjects => {
  const records = new Map<string, SubjectRecord>();
  return {
    register: async (record) => {
      if (!records.has(record.subject)) records.set(record.subject, record);
    },
    get: async (subject) => records.get(subject),
    list: async () => [...records.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1)),
    announce: async (subject, announcing, seen) => {
      const record = records.get(subject);
      if (record === undefined || record.announcing?.token !== seen) return false;
      records.set(subject, { ...record, announcing });
      return true;
    },
    announced: async (subject, token, settledThrough, changed) => {
      const record = records.get(subject);
      if (record === undefined) return;
      const { announcing, ...rest } = record;
      const mine = token !== undefined && announcing?.token === token;
      const moves = settledThrough !== undefined && settledThrough > (record.settledThrough ?? '');
      const left = mine ? Object.fromEntries(changed.map((day) => [day, token])) : {};
      const unwalked = { ...record.unwalked, ...left };
      records.set(subject, {
        ...rest,
        ...(announcing === undefined || mine ? {} : { announcing }),
        ...(moves ? { settledThrough } : {}),
        ...(Object.keys(unwalked).length === 0 ? {} : { unwalked }),
      });
    },
    walked: async (subject, tokens) => {
      const record = records.get(subject);
      if (record === undefined) return;
      const { unwalked = {}, ...rest } = record;
      const left = Object.entries(unwalked).filter(([day, token]) => tokens[day] !== token);
      records.set(subject, { ...rest, ...(left.length === 0 ? {} : { unwalked: Object.fromEntries(left) }) });
    },
  };
};

/** Settled days in memory, through the items of the real store. */
export const memorySettled = (): SettledStore & { objects(): number } => {
  const items = new Map<string, SettledItem>();
  const objects = new Map<string, string>();
  const months = new Map<string, LastPoints>();
  const object = async (key: string): Promise<string> => objects.get(key) ?? Promise.reject(new Error(`no ${key}`));
  const range = (subject: string, from: string, to: string): SettledItem[] =>
    [...items.values()]
      .filter(({ pk, sk }) => pk === subject && sk >= `SETTLED#${from}` && sk < `SETTLED#${to}`)
      .sort((a, b) => (a.sk < b.sk ? -1 : 1));
  const cost = (found: readonly SettledItem[]) => ({
    queries: 1,
    bytes: found.reduce((total, item) => total + settledBytes(item), 0),
  });
  return {
    objects: () => objects.size,
    days: async (subject, from, to, only) => {
      const found = range(subject, from, to);
      return { ...cost(found), days: await Promise.all(found.map((item) => decodeSettled(item, only ?? object))) };
    },
    heads: async (subject, from, to) => {
      const found = range(subject, from, to);
      return { ...cost(found), days: found.map(decodeHead) };
    },
    put: async (settled) => {
      const { item, object: big } = encodeSettled(settled);
      if (big !== undefined) objects.set(big.key, big.body);
      const key = `${item.pk} ${item.sk}`;
      if ((items.get(key)?.v ?? 0) !== settled.revision - 1) return false;
      items.set(key, item);
      return true;
    },
    lasts: async (subject, from, to) => {
      const own = [...months.values()]
        .filter(({ subject: whose, month }) => whose === subject && month >= from && month < to)
        .sort((a, b) => (a.month < b.month ? -1 : 1));
      return { days: own, queries: 1, bytes: JSON.stringify(own).length };
    },
    putLasts: async (lasts) => {
      const key = `${lasts.subject} ${lasts.month}`;
      if ((months.get(key)?.revision ?? 0) !== lasts.revision - 1) return false;
      months.set(key, lasts);
      return true;
    },
  };
};

/** A bus that keeps what was published. */
export const memoryPublisher = (): DomainEventPublisher & {
  published<T extends keyof DomainEvents>(type: T): DomainEvents[T][];
} => {
  const all: { readonly type: keyof DomainEvents; readonly detail: unknown }[] = [];
  return {
    publish: async (type, details) => {
      all.push(...details.map((detail) => ({ type, detail })));
    },
    published: <T extends keyof DomainEvents>(type: T) =>
      all.filter((entry) => entry.type === type).map((entry) => entry.detail as DomainEvents[T]),
  };
};
