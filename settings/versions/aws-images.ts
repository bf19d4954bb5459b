/**
 * Account of AWS with its deep learning images, and the regions that have another.
 * https://github.com/aws/sagemaker-python-sdk/tree/master/sagemaker-core/src/sagemaker/core/image_uri_config
 */
const ACCOUNT = "763104351884";
const ACCOUNTS: Readonly<Record<string, string>> = { "eu-south-1": "692866216735" };

/** One of AWS's deep learning images in a region. */
export interface AwsImage {
  /** Account of AWS with the image, 12 digits. */
  readonly account: string;
  readonly repository: string;
  /** Address from which SageMaker pulls it. */
  readonly address: string;
}

/**
 * One of AWS's deep learning images in a region.
 *
 * @param image `repository:tag`.
 */
export function awsImage(region: string, image: string): AwsImage {
  const account = ACCOUNTS[region] ?? ACCOUNT;
  const [repository = ""] = image.split(":");
  return { account, repository, address: `${account}.dkr.ecr.${region}.amazonaws.com/${image}` };
}
