import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** An object of the archive: its key and its size in bytes. */
type Listed = { readonly key: string; readonly size: number };

const ROOT = 'events/';
const DAY = 86_400_000;
/**
 * An object lies under the day of its first line. The first batch after an outage holds lines of all the days that it
 * lasted, and the stream keeps a week.
 */
const REACH_DAYS = 9;
const AT_ONCE = 8;

const daysFrom = (first: string, last: string): string[] => {
  const days: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
};

/** Objects and folders below a prefix. */
const list = async (s3: S3Client, bucket: string, prefix: string, delimiter?: string) => {
  const [objects, folders]: [Listed[], string[]] = [[], []];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token }),
    );
    for (const { Key, Size } of page.Contents ?? []) if (Key !== undefined) objects.push({ key: Key, size: Size ?? 0 });
    for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) folders.push(Prefix);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return { objects, folders };
};

const inParallel = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < items.length; n = next++) await work(items[n] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
};

/** UTC dates, both included; without `first` from the beginning of the archive on. */
export type CopiedDays = { readonly first?: string; readonly last: string };

/** The objects that may hold lines that arrived on some days, in every stream. */
const listArchive = async (s3: S3Client, bucket: string, { first, last }: CopiedDays): Promise<Listed[]> => {
  const { folders } = await list(s3, bucket, ROOT, '/');
  const found: Listed[] = [];
  const prefixes = folders.flatMap((stream) => {
    if (first === undefined) return stream;
    const early = new Date(Date.parse(first) - REACH_DAYS * DAY).toISOString().slice(0, 10);
    return daysFrom(early, last).map((day) => `${stream}${day.replaceAll('-', '/')}/`);
  });
  await inParallel(prefixes, async (prefix) => {
    found.push(...(await list(s3, bucket, prefix)).objects);
  });
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
};

/**
 * Copies the archive's objects of some days into a folder, and answers the files. Objects never change, so one that is
 * there is not copied again. `told` hears how far it is.
 */
export const copyArchive = async (
  s3: S3Client,
  bucket: string,
  folder: string,
  days: CopiedDays,
  told: (text: string) => void,
): Promise<string[]> => {
  const objects = await listArchive(s3, bucket, days);
  const fileOf = ({ key }: Listed): string => path.join(folder, key);
  const missing = objects.filter((one) => !existsSync(fileOf(one)) || statSync(fileOf(one)).size !== one.size);
  let done = 0;
  await inParallel(missing, async (one) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: one.key }));
    if (Body === undefined) throw new Error(`${one.key} has no body`);
    const file = fileOf(one);
    mkdirSync(path.dirname(file), { recursive: true });
    // Renamed when it is whole: a copy that is interrupted leaves nothing that looks like one.
    writeFileSync(`${file}.part`, await Body.transformToByteArray());
    renameSync(`${file}.part`, file);
    done += 1;
    told(`${done} of ${missing.length} archive objects copied`);
  });
  return objects.map(fileOf);
};
