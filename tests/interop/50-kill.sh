#!/usr/bin/env bash
# kill -9 in mid-call loses no configuration, leaves the store sound, and a second start works at once.
. "$(dirname "$0")/lib.sh"
host_pair
edge_start 'test_destination: test'
echo wonderland | ctl connection add --kind credential --name office --user alice --password-stdin >/dev/null
ctl number add 15550100 --connection "$(connection_id office)" >/dev/null
ctl connection list --json >"$WORK/before.json"
printf 'wonderland\n' >"$WORK/alice"

nsenter --net="/run/netns/$PHONE_HOST" "$SOTTO" call "sip:test@$EDGE_IP" --tls --from alice \
	--password-file "$WORK/alice" --ca "$WORK/ca/ca.pem" --seconds 30 --quiet >"$WORK/cut.log" 2>&1 &
caller=$!
PIDS+=("$caller")
wait_for "$WORK/edge.log" ' call_answered '
kill -9 "$EDGE_PID"
wait "$EDGE_PID" 2>/dev/null || true
wait "$caller" || true # it sees its connection close

[ "$(sqlite3 "$WORK/store.db" 'PRAGMA integrity_check')" = ok ] || fail "the store is damaged"
: >"$WORK/edge.log"
edge_start 'test_destination: test'
ctl connection list --json | diff "$WORK/before.json" - || fail "configuration was lost"
ctl number list --json | jq -e 'length == 1' >/dev/null || fail "the number was lost"
on_phone "$SOTTO" call "sip:test@$EDGE_IP" --tls --from alice --password-file "$WORK/alice" \
	--ca "$WORK/ca/ca.pem" --seconds 2 --json | jq -e .ok >/dev/null || fail "no call after the restart"
echo ok
