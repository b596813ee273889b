import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { locateIn } from '../../../lambdas/usage/walk/locate-id.ts';
import { type WalkPorts, type WalkRequest, walkLedger } from '../../../lambdas/usage/walk/walk.ts';
import { walkParts } from '../../../lambdas/usage/walk/walk-parts.ts';
import type { WalkResult } from '../../../lambdas/usage/walk/walk-state.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { overlayReader } from '../../twins/memory-overlays.ts';
import {
  memoryFindings,
  memorySigner,
  memoryWalkLedger,
  memoryWalkObjects,
  memoryWalks,
} from '../../twins/memory-walk.ts';
import { METERS } from '../usage/usage-fixtures.ts';
import { makeWorld } from '../usage/usage-world.ts';

const MINUTE = 60_000;

/** A ledger with all that walks it: `append`, then `settle`, then `walk`. */
export const makeWalkWorld = ({ runIds = 1000, journalBytes = 1_000_000, horizonDays = 35 } = {}) => {
  const world = makeWorld();
  const { clock } = world;
  Object.assign(world.ports, { overlays: overlayReader(world.ports.touched) });
  const [objects, proofs] = [memoryWalkObjects(), memoryWalkObjects()];
  const ledger = memoryWalkLedger(world.ports.ledger.items, objects);
  const audit = memoryAuditLog(clock);
  const findings = memoryFindings(audit);
  const ended: WalkResult[] = [];
  const ports: WalkPorts = {
    walks: memoryWalks(),
    subjects: world.ports.subjects,
    marks: world.ports.marks,
    settled: world.ports.settled,
    ledger,
    objects,
    proofs,
    findings,
    locate: locateIn(ledger),
    audit,
    signer: memorySigner(),
    clock,
    ids: world.ports.ids,
    parts: walkParts(objects, runIds, journalBytes),
    ended: (result) => ended.push(result),
    pause: async (millis) => clock.advance(millis),
    horizonDays,
  };
  /** A sweep, and another when marks can be cleared. */
  const settle = async () => {
    await settleSweep(world.ports, METERS);
    clock.advance(30 * MINUTE);
    await settleSweep(world.ports, METERS);
  };
  const walk = async (request: Partial<WalkRequest> = {}): Promise<WalkResult> => {
    clock.advance(MINUTE);
    const result = await walkLedger(ports, { since: clock.now(), ...request }, { remainingMillis: 10 * MINUTE });
    if (result === 'later') throw new Error('the walk did not end in its time');
    return result;
  };
  return {
    ...world,
    walkPorts: ports,
    ledgerReads: ledger.reads,
    objects,
    proofs,
    audit,
    findings,
    ended,
    settle,
    walk,
  };
};
