import {
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type CloudWatchLogsClient,
} from "@aws-sdk/client-cloudwatch-logs";
import { printable } from "../../settings/foreign-text";
import { TRAINING_LOG_GROUP } from "../../settings/names";

/** The last lines that a training job has printed; none before it has printed any. */
export async function lastLines(
  logs: Pick<CloudWatchLogsClient, "send">,
  job: string,
  limit: number,
): Promise<string[]> {
  try {
    const { logStreams = [] } = await logs.send(
      new DescribeLogStreamsCommand({
        logGroupName: TRAINING_LOG_GROUP,
        // The name of a job's stream begins with the job's.
        logStreamNamePrefix: `${job}/`,
      }),
    );
    const [stream] = logStreams;
    if (stream?.logStreamName === undefined) {
      return [];
    }
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({
        logGroupName: TRAINING_LOG_GROUP,
        logStreamName: stream.logStreamName,
        limit,
      }),
    );
    return events.map(({ message = "" }) => printable(message));
  } catch (error) {
    // SageMaker creates the group with the first job of an account.
    if ((error as Error).name === "ResourceNotFoundException") {
      return [];
    }
    throw error;
  }
}
