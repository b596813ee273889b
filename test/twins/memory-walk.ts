import { generateKeyPairSync, sign } from 'node:crypto';
import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import type { LedgerItem } from '../../lambdas/usage/ledger/ledger-item.ts';
import { partitionKey, sortKey, utcDay } from '../../lambdas/usage/ledger/slot.ts';
import type { DecidableFindings } from '../../lambdas/usage/walk/finding-store.ts';
import type { RootSigner } from '../../lambdas/usage/walk/ledger-root.ts';
import type { SameIdFinding } from '../../lambdas/usage/walk/same-id.ts';
import { decodeStored, type WalkLedger } from '../../lambdas/usage/walk/walk-ledger.ts';
import type { WalkObjects } from '../../lambdas/usage/walk/walk-objects.ts';
import { LostTurn, type WalkStore, type Walks } from '../../lambdas/usage/walk/walk-state.ts';

/** A bucket in memory. Passes test/contract/walk-stores.ts, as all here but the signer. */
export const memoryWalkObjects = (): WalkObjects & { readonly objects: Map<string, Uint8Array> } => {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    put: async (key, body) => {
      objects.set(key, body);
    },
    putIfAbsent: async (key, body) => {
      if (objects.has(key)) return false;
      objects.set(key, body);
      return true;
    },
    read: async (key, from, to) => {
      const body = objects.get(key);
      if (body === undefined) throw new Error(`there is no object ${key}`);
      return body.subarray(from, to);
    },
    list: async function* (prefix, after = '') {
      for (const key of [...objects.keys()].sort()) if (key.startsWith(prefix) && key > after) yield key;
    },
  };
};

/** Walks in memory. */
export const memoryWalks = (): WalkStore => {
  let item: Walks & { readonly turn?: string; readonly until?: string } = {};
  const mine = (token: string): void => {
    if (item.turn !== token) throw new LostTurn('another run has taken the walk over');
  };
  return {
    take: async (turn, now, until) => {
      if (item.turn !== undefined && (item.until ?? '') >= now) return undefined;
      item = { ...item, turn, until };
      const { state, last } = structuredClone(item);
      return { ...(state === undefined ? {} : { state }), ...(last === undefined ? {} : { last }) };
    },
    save: async (token, state) => {
      mine(token);
      item = { ...item, state: structuredClone(state) };
    },
    finish: async (token, last) => {
      mine(token);
      const { state: _, ...rest } = item;
      item = { ...rest, last: structuredClone(last) };
    },
    release: async (token) => {
      if (item.turn !== token) return;
      const { turn: _, until: __, ...rest } = item;
      item = rest;
    },
  };
};

/** Findings in memory; decisions go to `audit`. */
export const memoryFindings = (audit?: AuditLog): DecidableFindings & { all(): SameIdFinding[] } => {
  const findings = new Map<string, SameIdFinding>();
  const deciders = new Map<string, { readonly subject: string; readonly day: string; readonly by: string }>();
  const unsettled = () =>
    [...findings.values()]
      .filter(({ state }) => state !== 'settled')
      .flatMap((finding) =>
        finding.places.map((place) => ({ ...place, key: `${place.start}#${finding.findingId}`, finding })),
      )
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  const save = async (finding: SameIdFinding): Promise<boolean> => {
    if ((findings.get(finding.findingId)?.revision ?? 0) !== finding.revision - 1) return false;
    findings.set(finding.findingId, structuredClone(finding));
    const by = finding.decisions.at(-1)?.by;
    if (by === undefined) return true;
    for (const { subject, start } of finding.places) {
      deciders.set(`${subject}#${utcDay(start)}#${by}`, { subject, day: utcDay(start), by });
    }
    return true;
  };
  return {
    all: () => [...findings.values()],
    get: async (findingId) => structuredClone(findings.get(findingId)),
    save,
    decide: async (finding, record) => {
      if (!(await save(finding))) return false;
      await audit?.append(record);
      return true;
    },
    unsettledOf: async (subject, { from, to }, limit, after = '') => {
      const own = unsettled().filter((each) => each.subject === subject && each.start >= from && each.start < to);
      const rest = own.filter(({ key }) => key > after);
      const some = rest.slice(0, limit);
      const next = some.length < rest.length ? some.at(-1)?.key : undefined;
      const placed = some.map(({ start, finding }) => ({ start, finding: structuredClone(finding) }));
      return { placed, ...(next === undefined ? {} : { next }) };
    },
    decidersOf: async (subject, { from, to }) => {
      const own = [...deciders.values()].filter(
        (each) => each.subject === subject && each.day >= utcDay(from) && `${each.day}T00:00:00.000Z` < to,
      );
      return [...new Set(own.map(({ by }) => by))].sort();
    },
  };
};

/** The items of a ledger in memory, as a walk reads them; `pageItems` on a page. */
export const memoryWalkLedger = (
  items: ReadonlyMap<string, LedgerItem>,
  objects: Pick<WalkObjects, 'read'>,
  pageItems = 50,
): WalkLedger & { readonly reads: { weak: number; strong: number } } => {
  const reads = { weak: 0, strong: 0 };
  return {
    reads,
    page: async (subject, day, strongly, after = '') => {
      reads[strongly ? 'strong' : 'weak'] += 1;
      const own = [...items.values()]
        .filter(({ pk, sk }) => pk === partitionKey(subject, day) && sk > after)
        .sort((a, b) => (a.sk < b.sk ? -1 : 1));
      const some = own.slice(0, pageItems);
      const appends = await Promise.all(some.map((item) => decodeStored(item, objects)));
      const next = some.length < own.length ? some.at(-1)?.sk : undefined;
      return { appends, ...(next === undefined ? {} : { next }) };
    },
    append: async (slot, version) => {
      const item = items.get(`${partitionKey(slot.subject, utcDay(slot.start))} ${sortKey(slot, version)}`);
      if (item === undefined) throw new Error('the append is not in the ledger any more');
      return (await decodeStored(item, objects)).append;
    },
  };
};

/** A key in memory that signs as the one of KMS does. */
export const memorySigner = (): RootSigner => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    sign: async (message) => sign('sha256', message, privateKey),
    publicKey: async () => publicKey.export({ format: 'der', type: 'spki' }),
  };
};
