#!/bin/sh
# curl alone: trust by its own variables, a token of the managed identity endpoint.
step() {
    name=$1
    wanted=$2
    shift 2
    got=$(curl -sS -o "$TMPDIR/answer" -w '%{http_code}' "$@" 2>&1)
    if [ "$got" = "$wanted" ]; then
        printf '{"operation":"%s","passed":true}\n' "$name"
    else
        printf '{"operation":"%s","passed":false,"problem":"%s instead of %s"}\n' "$name" "$(printf %s "$got" | tr -d '"\n\\')" "$wanted"
    fi
}
TMPDIR=$(mktemp -d)
trap 'rm -rf "$TMPDIR"' EXIT
token() {
    curl -sS -H "X-IDENTITY-HEADER: $IDENTITY_HEADER" "$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=$1" | sed 's/.*"access_token":"\([^"]*\)".*/\1/'
}
arm=https://$ARM_METADATA_HOSTNAME
batch="Authorization: Bearer $(token https://batch.core.windows.net/)"
manage="Authorization: Bearer $(token https://management.azure.com/)"
version=api-version=2024-07-01.20.0
step "health" 200 "$arm/healthz"
step "metadata" 200 "$arm/metadata/endpoints?api-version=2022-09-01"
step "metrics" 200 "$arm/metrics"
step "list of accounts" 200 -H "$manage" "$arm/subscriptions/$ARM_SUBSCRIPTION_ID/providers/Microsoft.Batch/batchAccounts?api-version=2024-07-01"
step "list of jobs" 200 -H "$batch" "$AZURE_BATCH_ENDPOINT/jobs?$version"
step "make a job" 201 -H "$batch" -H "Content-Type: application/json; odata=minimalmetadata" -d '{"id":"curl","poolInfo":{"poolId":"none"}}' "$AZURE_BATCH_ENDPOINT/jobs?$version"
step "read it" 200 -H "$batch" "$AZURE_BATCH_ENDPOINT/jobs/curl?$version"
step "delete it" 202 -X DELETE -H "$batch" "$AZURE_BATCH_ENDPOINT/jobs/curl?$version"
step "a token for another audience is refused" 401 -H "$manage" "$AZURE_BATCH_ENDPOINT/jobs?$version"
step "without credentials it is refused" 401 "$arm/subscriptions?api-version=2022-12-01"
step "plain http on the same port" 200 -H "$batch" "http${AZURE_BATCH_ENDPOINT#https}/jobs?$version"
