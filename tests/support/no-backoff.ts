/**
 * Has the AWS SDK repeat refused requests at once in the tests of a suite. It waits for a random part of a
 * pause that grows, and here that part is none.
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
