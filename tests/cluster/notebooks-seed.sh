#!/usr/bin/env bash
# What the program makes on AWS beside the cluster, in the laboratory: the user pool with its people,
# the hub's client in it, the bucket and the secret of the database's master user. Prints the client.
# Parameters: URL and LOCAL_URL, the addresses of the hub, POOL_DOMAIN, BUCKET, SECRET; DATABASE_USER and DATABASE_PASSWORD are the laboratory's.
set -euo pipefail

pool() {
  aws cognito-idp "$1" --user-pool-id "$id" "${@:2}"
}

person() { # person NAME [GROUP]
  pool admin-create-user --username "$1" --message-action SUPPRESS \
    --user-attributes "Name=email,Value=$1@example.com" Name=email_verified,Value=true >/dev/null
  [[ -z ${2:-} ]] || pool admin-add-user-to-group --group-name "$2" --username "$1"
}

id=$(aws cognito-idp create-user-pool --pool-name people --query UserPool.Id --output text)
pool create-user-pool-domain --domain "$POOL_DOMAIN" >/dev/null
pool create-group --group-name ml-users >/dev/null
pool create-group --group-name ml-admins >/dev/null
person ada ml-admins
person grace ml-users
# In the pool, but in no group; and in a group, but nobody whom the stack knows.
person carol
person dave ml-users
aws s3 mb "s3://$BUCKET" >/dev/null
aws secretsmanager create-secret --name "$SECRET" \
  --secret-string "$(jq -n '{username: env.DATABASE_USER, password: env.DATABASE_PASSWORD}')" >/dev/null
arn=$(aws secretsmanager describe-secret --secret-id "$SECRET" --query ARN --output text)
pool create-user-pool-client --client-name hub --generate-secret --supported-identity-providers COGNITO \
  --callback-urls "$URL/hub/oauth_callback" "$LOCAL_URL/hub/oauth_callback" --logout-urls "$URL/" "$LOCAL_URL/" \
  --allowed-o-auth-scopes openid email profile --allowed-o-auth-flows code \
  --allowed-o-auth-flows-user-pool-client --query UserPoolClient --output json |
  jq --arg pool "$id" --arg arn "$arn" '{id: .ClientId, secret: .ClientSecret, pool: $pool, master: $arn}'
