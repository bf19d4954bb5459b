#!/usr/bin/env bash
# Plays the program's part before the machines start: SSM parameters from the files below $SEED
# (control-plane/ca.crt becomes $PARAMETERS/control-plane/ca.crt), and the bucket.
set -euo pipefail
cd "${SEED:?}"
find . -type f | sed 's#^\./##' | while read -r file; do
  aws ssm put-parameter --name "${PARAMETERS:?}/$file" --type SecureString --value "file://$file" >/dev/null
done
aws s3api create-bucket --bucket "${BUCKET:?}" \
  --create-bucket-configuration LocationConstraint="$AWS_DEFAULT_REGION" >/dev/null
