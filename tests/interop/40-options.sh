#!/usr/bin/env bash
# sipsak's OPTIONS is answered, over UDP and TCP.
. "$(dirname "$0")/lib.sh"
host_pair
edge_start
for transport in udp tcp; do
	on_phone sipsak -vv -H "$PHONE_IP" -E "$transport" -s "sip:edge@$EDGE_IP:5060" >"$WORK/sipsak-$transport.log" 2>&1 ||
		fail "sipsak over $transport"
	grep -aq 'SIP/2.0 200' "$WORK/sipsak-$transport.log" || fail "no 200 over $transport"
	grep -aqi '^Allow:.*INVITE' "$WORK/sipsak-$transport.log" || fail "no Allow over $transport"
done
echo ok
