import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import type { FoundationStack } from '../stacks/foundation-stack.ts';
import { allow, invoke, putItemsOf, readItems, readObjects, startExecutions, writeObjects } from './grants.ts';
import { HandlerFunction } from './handler-function.ts';
import { DefinedMachine, executionArns, machineArn } from './state-machine.ts';
import { tableNames } from './tables.ts';

/** The file of the machine, without its ending. */
const PREVIEW = 'price-preview';

/**
 * Rates history again under another price book or contract: one function for all steps, since all of them read what a close
 * reads, and a machine whose distributed map is the close's. It can write its own files and jobs, and nothing else: no
 * amount that is billed.
 */
export class PricePreview extends Construct {
  readonly handler: HandlerFunction;
  readonly machine: DefinedMachine;
  /** The machine's ARN, by name: who starts it is in another stack. */
  readonly machineArn: string;
  readonly executionArns: string;

  constructor(scope: Construct, id: string, deployment: Deployment, { tables, archive, data }: FoundationStack) {
    super(scope, id);
    this.machineArn = machineArn(this, deployment, PREVIEW);
    this.executionArns = executionArns(this, deployment, PREVIEW);
    this.handler = new HandlerFunction(this, 'PricePreview', {
      deployment,
      description: 'Rates history again under changed prices',
      // A report of 10,000 accounts is put together in memory.
      memoryMegabytes: 3008,
      timeout: Duration.minutes(15),
      environment: {
        ...tableNames(tables, 'finance', 'catalog', 'ledger', 'projection'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
      },
      grants: [
        readItems(tables.finance),
        readItems(tables.catalog),
        readItems(tables.ledger),
        readItems(tables.projection),
        putItemsOf(tables.projection, 'JOBS#'),
        ...readObjects(data),
        ...readObjects(archive),
        writeObjects(data, 'previews/'),
      ],
    });
    this.machine = new DefinedMachine(this, 'Machine', {
      deployment,
      name: PREVIEW,
      substitutions: { PricePreviewFunctionArn: this.handler.functionArn, DataBucket: data.bucketName },
      grants: [
        invoke(this.handler.function),
        // The distributed map reads its chunks and runs as executions of the same machine.
        allow(['s3:GetObject'], data.arnForObjects('previews/*')),
        startExecutions(this.machineArn),
        allow(['states:DescribeExecution', 'states:StopExecution'], this.executionArns),
      ],
    });
  }
}
