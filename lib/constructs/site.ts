import { Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { RestApiOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type Deployment, nameOf } from '../deployment.ts';

export type SiteProps = {
  readonly deployment: Deployment;
  readonly api: RestApi;
  readonly onDelete: RemovalPolicy;
};

/** A path without a file ending is a page of the console: its one document answers and its router reads the path. */
const INDEX_FALLBACK = `function handler(event) {
  var request = event.request;
  if (request.uri.indexOf('.') === -1) request.uri = '/index.html';
  return request;
}`;

/** The console: files in a bucket that only the distribution reads, and the API behind the same origin. */
export class Site extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { deployment, api, onDelete }: SiteProps) {
    super(scope, id);
    const closed = {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    };
    this.bucket = new Bucket(this, 'Bucket', { ...closed, removalPolicy: onDelete });
    const logs = new Bucket(this, 'Logs', {
      ...closed,
      // CloudFront delivers its logs by access control lists.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: Duration.days(deployment.config.retention.logDays) }],
      removalPolicy: onDelete,
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: nameOf(deployment, 'console'),
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      enableLogging: true,
      logBucket: logs,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.#headers(deployment),
        functionAssociations: [
          {
            eventType: FunctionEventType.VIEWER_REQUEST,
            function: new EdgeFunction(this, 'IndexFallback', {
              functionName: nameOf(deployment, 'index-fallback'),
              code: FunctionCode.fromInline(INDEX_FALLBACK),
              runtime: FunctionRuntime.JS_2_0,
            }),
          },
        ],
      },
      additionalBehaviors: {
        '/v1/*': {
          origin: new RestApiOrigin(api),
          allowedMethods: AllowedMethods.ALLOW_ALL,
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS,
        },
      },
    });
    this.#acknowledge(logs);
  }

  #headers(deployment: Deployment): ResponseHeadersPolicy {
    const signIn = `https://*.auth.${Stack.of(this).region}.amazoncognito.com https://cognito-idp.${Stack.of(this).region}.amazonaws.com`;
    return new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: nameOf(deployment, 'console'),
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          override: true,
          // The component library sets styles on elements, hence the one unsafe-inline.
          contentSecurityPolicy: `default-src 'self'; connect-src 'self' ${signIn}; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'`,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365),
          includeSubdomains: true,
          override: true,
        },
      },
    });
  }

  #acknowledge(logs: Bucket): void {
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It holds the public files of the console, read only through the distribution, which logs each request.',
    });
    Validations.of(logs).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It holds the logs of the distribution; logging it into itself would never end.',
    });
    Validations.of(this.distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'The company has people and customers in every country.' },
      {
        id: 'AwsSolutions-CFR2',
        reason: 'What needs a firewall is the API, and that has its own; the rest is static files.',
      },
      {
        id: 'AwsSolutions-CFR4',
        reason:
          'With the default certificate CloudFront decides the protocol; a company domain brings TLS 1.2 (docs/deploy.md).',
      },
    );
  }
}
