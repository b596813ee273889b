import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mapBounded } from '../../platform/bounded.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import {
  type Overlay,
  type OverlayPlace,
  type OverlayStatus,
  type PinnedVersions,
  placeText,
  type TouchedDays,
} from '../ledger/overlays.ts';

/** The partition of a backfill in the projection table: no subject has a `#`. */
export const backfillKey = (backfill: string): string => `BACKFILL#${backfill}`;

/** The sort key of its one status item. */
export const STATE = 'STATE';

/** The sort key of a day of a subject that it touches. */
export const placeKey = ({ day, subject }: Pick<OverlayPlace, 'day' | 'subject'>): string => `DAY#${day}#${subject}`;

/** What the status item says, as far as the ledger must know. */
export type OverlayItem = Omit<Overlay, 'backfill'>;

/** Items read at a time. */
const AT_A_TIME = 16;

const IS_NEW = 'attribute_not_exists(pk)';

/** How backfills stand, from the projection table (`pk` = `BACKFILL#<id>`, `sk` = `STATE` and `DAY#<day>#<subject>`). */
export const dynamoOverlayStatus = (client: DynamoDBDocumentClient, table: string): OverlayStatus => {
  const read = async (pk: string, sk: string): Promise<Record<string, unknown> | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }));
    return Item;
  };
  return {
    overlays: async (backfills) => {
      const items = await mapBounded(backfills, AT_A_TIME, async (backfill) => {
        const item = (await read(backfillKey(backfill), STATE)) as OverlayItem | undefined;
        if (item === undefined) return [];
        const { state, isFixed, closedAt } = item;
        return [{ backfill, state, isFixed, ...(closedAt === undefined ? {} : { closedAt }) }];
      });
      return new Map(items.flat().map((overlay) => [overlay.backfill, overlay]));
    },
    pinned: async (places) => {
      const items = await mapBounded(places, AT_A_TIME, async (place) => {
        const item = await read(backfillKey(place.backfill), placeKey(place));
        const versions = item?.versions as PinnedVersions | undefined;
        return versions === undefined ? [] : [[placeText(place), versions] as const];
      });
      return new Map(items.flat());
    },
  };
};

/** Notes touched days beside the status item. A day that is noted already stays as it is. */
export const dynamoTouchedDays = (client: DynamoDBDocumentClient, table: string): TouchedDays => ({
  touch: async (place) => {
    const { backfill, day, subject } = place;
    const Item = { pk: backfillKey(backfill), sk: placeKey(place), format: 1, day, subject };
    try {
      await client.send(new PutCommand({ TableName: table, Item, ConditionExpression: IS_NEW }));
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  },
});
