#!/usr/bin/env bash
# sipp's stock uac calls sipp's stock uas through the edge: 50 calls a second for 20 s, none may fail.
. "$(dirname "$0")/lib.sh"
host_pair
edge_start 'limits: { calls: 4000 }'
ctl connection add --kind ip --name callers --address "$PHONE_IP:5090" --transport udp >/dev/null
on_phone ip addr add 198.18.7.3/24 dev phone0
ctl connection add --kind ip --name callees --address "198.18.7.3:5062" --transport udp >/dev/null
ctl number add 15550300 --connection "$(connection_id callees)" >/dev/null

cd "$WORK"
nsenter --net="/run/netns/$PHONE_HOST" sipp -sn uas -i 198.18.7.3 -p 5062 -nostdin -rtp_echo >"$WORK/uas.log" 2>&1 &
PIDS+=($!)
status=0
on_phone sipp -sn uac -i "$PHONE_IP" -p 5090 -s 15550300 -r 50 -m 1000 -d 1000 -nostdin \
	-trace_err -trace_stat -stf "$WORK/uac.csv" "$EDGE_IP:5060" >"$WORK/uac.log" 2>&1 || status=$?
tail -n 40 "$WORK/uac.log" | grep -aE 'Successful call|Failed call|Retransmission' || true
[ "$status" -eq 0 ] || { cat "$WORK"/*errors.log 2>/dev/null | head -n 40; fail "sipp says $status"; }

# one record per call, none with a failure, and nothing is left over
records 1000
ctl record list --limit 1000 --json | jq -e 'all(.failure == "none")' >/dev/null || fail "a record with a failure"
ctl status --json
ctl status --json | jq -e '.calls == 0' >/dev/null || fail "calls are left"
echo ok
