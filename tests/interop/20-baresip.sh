#!/usr/bin/env bash
# baresip registers over TLS and calls, with mandatory SDES, a plain-RTP UDP peer (another baresip),
# and is called by it. Each hums a tone drawn anew; each must hear the other's.
. "$(dirname "$0")/lib.sh"
host_pair
edge_start
echo wonderland | ctl connection add --kind credential --name office --user alice --password-stdin \
	--outbound-media srtp --inbound-media srtp --require-tls >/dev/null
ctl connection add --kind ip --name pbx --address "$PHONE_IP:5070" --transport udp >/dev/null
ctl number add 15550100 --connection "$(connection_id pbx)" >/dev/null
ctl number add 15550200 --connection "$(connection_id office)" >/dev/null

secure_hz=$(tone)
plain_hz=$((secure_hz + 211))
phone_start secure 5080 "$secure_hz" \
	"<sip:alice@$EDGE_IP;transport=tls>;auth_user=alice;auth_pass=wonderland;outbound=\"sip:$EDGE_IP:5061;transport=tls\";regint=600;mediaenc=srtp-mand;audio_codecs=PCMU,PCMA;answermode=auto"
phone_start plain 5070 "$plain_hz" \
	"<sip:15550100@$PHONE_IP:5070>;regint=0;outbound=\"sip:$EDGE_IP:5060\";audio_codecs=PCMU,PCMA;answermode=auto"
wait_for "$WORK/secure/log" '200 OK.*binding'

calls=0
# call FROM NUMBER TO
call() {
	rm -f "$WORK"/*/dump-*.wav
	phone_do "$1" dial "sip:$2@$EDGE_IP"
	wait_for "$WORK/$1/log" "Call established: sip:$2@$EDGE_IP"
	wait_for "$WORK/$3/log" "Call established"
	on_phone sleep 4 # the sound itself: what is judged is how much of it was heard
	phone_do "$1" hangup
	calls=$((calls + 1))
	records "$calls"
}

call secure 15550100 plain
heard plain "$secure_hz"
heard secure "$plain_hz"
call plain 15550200 secure
heard plain "$secure_hz"
heard secure "$plain_hz"

ctl record list
ctl record list --json >"$WORK/records.json"
# the TLS leg is protected, the other is clear, in both directions
jq -e '[.[] | [.caller_leg, .callee_leg] | map(.is_protected)] | sort == [[false, true], [true, false]]' \
	"$WORK/records.json" >/dev/null || { cat "$WORK/records.json"; fail "protection of the legs"; }
echo ok
