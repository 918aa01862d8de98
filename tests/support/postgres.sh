# Run a throw-away PostgreSQL cluster for as long as standard input stays open.
# Usage: sh -c THIS postgres BIN_FOLDER FOLDER PORT
set -eu
bin=$1 folder=$2 port=$3
trap 'rm -rf "$folder"' EXIT

if ! {
    "$bin/initdb" --pgdata="$folder/data" --username=gridmap --auth=trust --encoding=UTF8 \
        --locale=C --no-sync &&
        "$bin/pg_ctl" start --wait --silent --pgdata="$folder/data" --log="$folder/log" \
            --options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off \
                -c synchronous_commit=off -c full_page_writes=off -c max_connections=50"
} >"$folder/setup" 2>&1; then
    cat "$folder/setup" "$folder/log" 2>/dev/null || true
    exit 1
fi

echo ready
read -r _ || true # the end of the tests, or of the process that ran them
"$bin/pg_ctl" stop --wait --silent --pgdata="$folder/data" --mode=fast
