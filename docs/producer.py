"""Puts usage events on the stream. Reads one event per line (JSON), prints those that could not be delivered:

    USAGE_STREAM=<stream> AWS_REGION=<region> python docs/producer.py < events.ndjson > undelivered.ndjson

Packs by subject, sends again only what was refused, keeps the order per subject. Python 3.11 and boto3."""
import gzip, itertools, json, os, random, sys, time
import boto3, botocore.exceptions

PACK_LINES, PACK_BYTES = 500, 900_000  # a record has at most 1 MiB, and not every text gets smaller by gzip
CALL_RECORDS, CALL_BYTES = 500, 5_000_000  # of one PutRecords

def next_pack(lines):
    """The first lines of a subject that make a pack."""
    ends = itertools.accumulate(len(line) + 1 for line in lines[:PACK_LINES])
    return lines[: max(1, sum(end <= PACK_BYTES for end in ends))]

def send(lines, stream, kinesis, tries=10):
    """Sends lines (bytes, one event each). Returns those that were refused so many times in a row."""
    waiting, refusals = {}, 0
    for line in lines:
        waiting.setdefault(json.loads(line)["subject"], []).append(line)
    while waiting and refusals < tries:
        call, size = {}, 0
        for subject, own in waiting.items():  # one pack of a subject in a call: what is refused must not be overtaken
            pack = next_pack(own)
            data = gzip.compress(b"\n".join(pack) + b"\n")
            size += len(data) + len(subject.encode())
            if call and (len(call) == CALL_RECORDS or size > CALL_BYTES):
                break
            call[subject] = (len(pack), {"PartitionKey": subject, "Data": data})
        try:
            records = kinesis.put_records(StreamName=stream, Records=[record for _, record in call.values()])["Records"]
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            print(error, file=sys.stderr)
            records = [{}] * len(call)
        taken = [subject for subject, record in zip(call, records) if record.get("SequenceNumber")]
        for subject in taken:
            waiting[subject] = waiting[subject][call[subject][0] :]
        waiting = {subject: own for subject, own in waiting.items() if own}
        refusals = 0 if taken else refusals + 1
        if len(taken) < len(call):
            time.sleep(random.uniform(0, min(20, 0.1 * 2**refusals)))
    return [line for own in waiting.values() for line in own]

if __name__ == "__main__":
    undelivered = []
    while lines := [line.strip() for line in itertools.islice(sys.stdin.buffer, 20_000) if line.strip()]:
        undelivered += send(lines, os.environ["USAGE_STREAM"], boto3.client("kinesis", region_name=os.environ.get("AWS_REGION")))
    sys.stdout.buffer.writelines(line + b"\n" for line in undelivered)
    sys.exit(1 if undelivered else 0)
