/** What scripts/compile-schemas.ts generates from catalog/schemas/: validators that need no compiler at run time. */

/** One thing that is wrong with an event's data. `instancePath` is a JSON pointer into `data`. */
export type SchemaError = {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
};

/** Whether `data` fits; what is wrong is left in `errors` until the next call. */
export type SchemaValidator = { (data: unknown): boolean; errors?: readonly SchemaError[] | null };

/** One registered version of an event type, by its `dataschema` address. */
export type RegisteredSchema = {
  readonly type: string;
  readonly version: string;
  /** Names of the fields of `data` that the schema knows; any other is drift. */
  readonly fields: readonly string[];
  readonly validate: SchemaValidator;
};

export const registeredSchemas: Readonly<Record<string, RegisteredSchema>>;
