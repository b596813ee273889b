import { ArnFormat, Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { addItems, allow, putItemsOf, putRecords, readItems, readObjects } from '../constructs/grants.ts';
import { HandlerFunction, kebab } from '../constructs/handler-function.ts';
import { MeterbridgeStack } from '../constructs/meterbridge-stack.ts';
import { tableNames } from '../constructs/tables.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import type { FoundationStack } from './foundation-stack.ts';

/** What proves, rebuilds and corrects the ledger: long work, asked for or scheduled. */
export class LedgerStack extends MeterbridgeStack {
  readonly corrections: HandlerFunction;

  constructor(scope: Construct, deployment: Deployment, foundation: FoundationStack) {
    super(scope, 'Ledger', deployment, { description: 'Meterbridge: care of the ledger' });
    this.corrections = this.#corrections(foundation);

    this.output('CorrectionsFunctionName', this.corrections.functionName);
  }

  /** Changes what was counted, always by lines of the stream; it cannot append by itself. */
  #corrections({ tables, archive, data, stream, asyncFailures }: FoundationStack): HandlerFunction {
    return new HandlerFunction(this, 'Corrections', {
      deployment: this.deployment,
      description: 'Releases from quarantine by filter',
      memoryMegabytes: 1024,
      timeout: Duration.minutes(15),
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'quarantine', 'audit'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        USAGE_STREAM: stream.streamName,
        HORIZON_DAYS: String(this.deployment.config.ingest.horizonDays),
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        putItemsOf(tables.projection, 'JOBS#'),
        readItems(tables.quarantine, 'gsi1'),
        addItems(tables.quarantine),
        readItems(tables.audit),
        addItems(tables.audit),
        ...readObjects(archive),
        ...readObjects(data),
        putRecords(stream),
        this.#callsItself('Corrections'),
      ],
      onFailure: asyncFailures.queue,
    });
  }

  /** A job that takes longer than a function may run goes on in the next call. By name: the role comes before the function. */
  #callsItself(functionId: string): PolicyStatement {
    const resourceName = nameOf(this.deployment, kebab(functionId));
    return allow(
      ['lambda:InvokeFunction'],
      this.formatArn({
        service: 'lambda',
        resource: 'function',
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
  }
}
