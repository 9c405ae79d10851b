#!/usr/bin/env bash
# sotto call, from another host, over each transport, with and without SRTP; judged by its ear.
. "$(dirname "$0")/lib.sh"
host_pair
edge_start 'test_destination: test'
echo wonderland | ctl connection add --kind credential --name office --user alice --password-stdin >/dev/null
echo rabbit-hole | ctl connection add --kind credential --name vault --user hatter --password-stdin \
	--outbound-media srtp --require-tls >/dev/null
printf 'wonderland\n' >"$WORK/alice"
printf 'rabbit-hole\n' >"$WORK/hatter"

# place USER ARGS...: one call, its JSON in $WORK/call.json
place() {
	local user=$1
	shift
	on_phone "$SOTTO" call "sip:test@${TARGET:-$EDGE_IP}" --from "$user" --password-file "$WORK/$user" \
		--ca "$WORK/ca/ca.pem" --seconds 3 --json "$@" >"$WORK/call.json"
}

# expect JQ-CONDITION
expect() {
	jq -e "$1" "$WORK/call.json" >/dev/null || { cat "$WORK/call.json"; fail "not so: $1"; }
}

place alice --udp --srtp off
expect '.ok and .suite == "" and (.protected | not) and .heard[0].hz == 440'
place alice --udp --srtp all
expect '.ok and .suite == "AEAD_AES_256_GCM" and (.protected | not) and .heard[0].hz == 880'
place alice --tcp --srtp AES_CM_128_HMAC_SHA1_32
expect '.ok and .suite == "AES_CM_128_HMAC_SHA1_32" and (.protected | not)'
place alice --tls --srtp all
expect '.ok and .protected and .tls_version == "TLSv1.3" and .tls_peer != "" and .heard[0].hz == 880'
place hatter --tls --srtp all
expect '.ok and .protected'
TARGET="[$EDGE_IP6]" place alice --udp --srtp off
expect '.ok'
TARGET="[$EDGE_IP6]" place alice --tls --srtp all
expect '.ok and .protected'

# every suite carries a call; what does not encrypt or does not authenticate does not protect it
SUITES="AEAD_AES_256_GCM_8 AEAD_AES_128_GCM_8 AES_256_CM_HMAC_SHA1_80 AES_192_CM_HMAC_SHA1_80
	AES_CM_128_HMAC_SHA1_80 AES_256_CM_HMAC_SHA1_32 AES_192_CM_HMAC_SHA1_32
	AES_CM_128_HMAC_SHA1_32 AEAD_AES_256_GCM AEAD_AES_128_GCM F8_128_HMAC_SHA1_80"
WEAK="AES_CM_128_NULL_AUTH NULL_HMAC_SHA1_80 NULL_HMAC_SHA1_32"
echo jabberwock | ctl connection add --kind credential --name tester --user tweedle --password-stdin \
	--outbound-suites "$(echo $SUITES $WEAK | tr ' ' ,)" >/dev/null
printf 'jabberwock\n' >"$WORK/tweedle"
for suite in $SUITES; do
	place tweedle --tls --srtp "$suite"
	expect ".ok and .suite == \"$suite\" and .protected and .heard[0].hz == 880"
done
for suite in $WEAK; do
	place tweedle --tls --srtp "$suite"
	expect ".ok and .suite == \"$suite\" and (.protected | not) and .heard[0].hz == 880"
	! place alice --tls --srtp "$suite" || fail "$suite, which the connection does not list"
	expect '.status == 488'
done

# what must not be: each is refused, with the reason in the answer
! place hatter --tls --srtp off || fail "a call in the clear on a connection that requires SRTP"
expect '.status == 488 and (.warning | test("^399 .*SRTP is required on this connection"))'
! place hatter --tcp --srtp all || fail "keys in clear signalling on a connection that requires TLS"
expect '.status == 488 and (.warning | test("^399 .*require_tls is on"))'
printf 'wrong\n' >"$WORK/alice"
! place alice --tls || fail "a wrong password was good enough"
expect '(.answered | not) and (.status == 401 or .status == 403 or .status == 407)'
printf 'wonderland\n' >"$WORK/nobody"
! place nobody --tls || fail "an unknown user was good enough"
expect '(.answered | not) and (.status == 401 or .status == 403 or .status == 407)'

ctl record list --limit 100 --json >"$WORK/records.json"
jq -e 'length == 26' "$WORK/records.json" >/dev/null || { cat "$WORK/records.json"; fail "26 calls, so 26 records"; }
jq -e 'map(.failure) | (index("srtp_required_not_offered") and index("srtp_keys_exposed"))' \
	"$WORK/records.json" >/dev/null || fail "the records name the failures"
# no key ever reaches the log or a record
! grep -aE 'inline:|wonderland|rabbit-hole|jabberwock' "$WORK/edge.log" "$WORK/records.json" || fail "a secret was logged"
echo ok
