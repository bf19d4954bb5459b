/**
 * Makes the AWS SDK repeat refused requests at once in the tests of a suite. The SDK waits for a random part of
 * a growing pause. Here that part is 0.
 */
export function withoutBackoff(): void {
  const { random } = Math;
  beforeEach(() => {
    Math.random = () => 0;
  });
  afterEach(() => {
    Math.random = random;
  });
}
