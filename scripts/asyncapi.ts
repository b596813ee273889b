/** Writes docs/asyncapi.yaml anew: `node scripts/asyncapi.ts`, after an event schema was added or changed. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asyncApiText } from './schemas/asyncapi.ts';
import { checkedSchemas, readSchemaFiles } from './schemas/registry.ts';
import { root } from './setup/paths.mjs';

const registered = checkedSchemas(await readSchemaFiles());
await writeFile(path.join(root, 'docs/asyncapi.yaml'), asyncApiText(registered));
console.log(`docs/asyncapi.yaml: ${registered.length} versions of event types`);
