#!/bin/sh
# az CLI, logged in by `batchlocal exec`.
step() {
    name=$1
    shift
    if out=$("$@" 2>&1 >"$TMPDIR/out"); then
        printf '{"operation":"%s","passed":true}\n' "$name"
    else
        printf '{"operation":"%s","passed":false,"problem":"%s"}\n' "$name" "$(printf %s "$out" | tail -c 500 | tr -d '"\\' | tr '\n\t\r' '   ')"
    fi
}
until_says() {
    wanted=$1
    shift
    for _ in $(seq 60); do
        if [ "$("$@" -o tsv)" = "$wanted" ]; then return 0; fi
        sleep 0.3
    done
    return 1
}
TMPDIR=$(mktemp -d)
trap 'rm -rf "$TMPDIR"' EXIT
cat > "$TMPDIR/pool.json" <<'J'
{"id":"az","vmSize":"Standard_D2s_v5","targetDedicatedNodes":1,"virtualMachineConfiguration":{"imageReference":{"publisher":"canonical","offer":"ubuntu-24_04-lts","sku":"server","version":"latest"},"nodeAgentSKUId":"batch.node.ubuntu 24.04"}}
J
cat > "$TMPDIR/tasks.json" <<'J'
[{"id":"one","commandLine":"/bin/sh -c 'echo $AZ_BATCH_TASK_ID'"},{"id":"two","commandLine":"true"}]
J
printf 'PK\005\006\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000' > "$TMPDIR/package.zip"
step "login (by exec): account show" az account show
step "group list" az group list
step "group create" az group create -n azgroup -l westeurope
step "group show" az group show -n azgroup
step "batch account list" az batch account list
step "batch account show" az batch account show -g batchlocal -n batchlocal
step "batch account create" az batch account create -g azgroup -n azsecond -l westeurope
step "batch account keys list" az batch account keys list -g azgroup -n azsecond
step "batch account keys renew" az batch account keys renew -g azgroup -n azsecond --key-name primary
step "batch account delete" az batch account delete -g azgroup -n azsecond --yes
step "batch location quotas show" az batch location quotas show -l westeurope
step "batch application create" az batch application create -g batchlocal -n batchlocal --application-name aztool
step "batch application package create" az batch application package create -g batchlocal -n batchlocal --application-name aztool --version 1 --package-file "$TMPDIR/package.zip"
step "batch application list" az batch application list -g batchlocal -n batchlocal
step "batch application summary list" az batch application summary list
step "batch application package delete" az batch application package delete -g batchlocal -n batchlocal --application-name aztool --version 1 --yes
step "batch application delete" az batch application delete -g batchlocal -n batchlocal --application-name aztool --yes
step "batch pool create" az batch pool create --json-file "$TMPDIR/pool.json"
step "batch pool list" az batch pool list
step "batch pool show" until_says steady az batch pool show --pool-id az --query allocationState
step "batch pool set" az batch pool set --pool-id az --metadata a=b
step "batch pool supported-images list" az batch pool supported-images list
step "batch node list" az batch node list --pool-id az
step "batch job create" az batch job create --id az --pool-id az
step "batch job list" az batch job list
step "batch job show" az batch job show --job-id az
step "batch job set" az batch job set --job-id az --priority 5
step "batch task create" az batch task create --job-id az --json-file "$TMPDIR/tasks.json"
step "batch task list" az batch task list --job-id az
step "batch task show" until_says completed az batch task show --job-id az --task-id one --query state
step "batch job task-counts show" az batch job task-counts show --job-id az
step "batch task file list" az batch task file list --job-id az --task-id one
step "batch task file download" az batch task file download --job-id az --task-id one --file-path stdout.txt --destination "$TMPDIR/stdout.txt"
step "what was downloaded" grep -qx one "$TMPDIR/stdout.txt"
step "batch task delete" az batch task delete --job-id az --task-id two --yes
step "batch job disable" az batch job disable --job-id az --disable-tasks requeue
step "batch job enable" az batch job enable --job-id az
step "batch job stop" az batch job stop --job-id az
step "batch pool resize" az batch pool resize --pool-id az --target-dedicated-nodes 0
step "batch job delete" az batch job delete --job-id az --yes
step "batch pool delete" az batch pool delete --pool-id az --yes
step "group delete" az group delete -n azgroup --yes
