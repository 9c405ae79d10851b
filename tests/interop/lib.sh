# Sourced by the interop tests: two hosts in network namespaces joined by a veth pair, the edge on one,
# phones on the other. Everything that is started or made here goes when the test ends.
#
#   host_pair               makes both hosts; EDGE_IP, EDGE_IP6 and PHONE_IP
#   edge_start LINES        starts the edge on its host; LINES: more configuration
#   ctl ...                 sotto ctl for that edge
#   on_edge ..., on_phone ...   runs a command on that host (in the background: with nsenter
#                              itself, so that $! is the command's own process)
#   phone_start NAME PORT TONE ACCOUNT   a baresip that answers by itself and hums TONE Hz
#   phone_do NAME COMMAND   types a command
#   wait_for FILE PATTERN [SECONDS]
#   records N               waits until N calls have been recorded
#   heard NAME HZ           the phone NAME heard HZ for a second at least
set -euo pipefail
: "${SOTTO:?the sotto binary to test}"
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
WAVTONE=${WAVTONE:-$(dirname "$SOTTO")/../tests/interop/wavtone}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/sotto-interop.XXXXXX")
TAG=$(basename "$WORK" | sed 's/.*\.//' | tr 'A-Z' 'a-z' | cut -c1-5)$((RANDOM % 10))
EDGE_HOST=sotto-e-$TAG
PHONE_HOST=sotto-p-$TAG
EDGE_IP=198.18.7.1
EDGE_IP6=fd07::1
PHONE_IP=198.18.7.2
PIDS=()

cleanup() {
	local status=$?
	set +e
	local i
	for ((i = ${#PIDS[@]} - 1; i >= 0; i--)); do # phones before the edge: they say good-bye to it
		kill "${PIDS[i]}" 2>/dev/null
		wait "${PIDS[i]}" 2>/dev/null
	done
	ip netns del "$EDGE_HOST" 2>/dev/null
	ip netns del "$PHONE_HOST" 2>/dev/null
	if [ "$status" -ne 0 ] && [ "$status" -ne 77 ]; then
		for log in "$WORK"/*.log "$WORK"/*/log; do
			[ -s "$log" ] && { echo "--- $log"; tail -c 6000 "$log" | tr -c '[:print:]\n\t' ' ' | tail -n 60; }
		done
	fi
	rm -rf "$WORK"
	exit "$status"
}
trap cleanup EXIT

skip() {
	echo "skipped: $*"
	exit 77
}

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

host_pair() {
	ip netns add "$EDGE_HOST" 2>"$WORK/netns" || skip "no network namespaces here: $(cat "$WORK/netns")"
	ip netns add "$PHONE_HOST"
	on_edge ip link add edge0 type veth peer name phone0 netns "$PHONE_HOST"
	on_edge ip addr add "$EDGE_IP/24" dev edge0
	on_phone ip addr add "$PHONE_IP/24" dev phone0
	on_edge ip addr add "$EDGE_IP6/64" dev edge0 nodad
	on_phone ip addr add fd07::2/64 dev phone0 nodad
	for link in "$EDGE_HOST edge0" "$EDGE_HOST lo" "$PHONE_HOST phone0" "$PHONE_HOST lo"; do
		# shellcheck disable=SC2086
		set -- $link
		nsenter --net="/run/netns/$1" ip link set "$2" up
	done
}

on_edge() { nsenter --net="/run/netns/$EDGE_HOST" "$@"; }
on_phone() { nsenter --net="/run/netns/$PHONE_HOST" "$@"; }

# wait_for FILE PATTERN [SECONDS]: returns as soon as the line is there
wait_for() {
	local deadline=$((SECONDS + ${3:-15}))
	until grep -aqE -- "$2" "$1" 2>/dev/null; do
		[ "$SECONDS" -lt "$deadline" ] || fail "$1 never said: $2"
		read -rt 0.05 <> <(:) || true
	done
}

edge_config() {
	cat <<EOF
realm: edge.test
log:
  format: text
store:
  path: $WORK/store.db
control:
  socket: $WORK/control.sock
media:
  ports: 20000-29999
listeners:
  - { transport: udp, bind: "$EDGE_IP:5060" }
  - { transport: tcp, bind: "$EDGE_IP:5060" }
  - { transport: tls, bind: "$EDGE_IP:5061", certificate: $WORK/ca/chain.pem, key: $WORK/ca/key.pem }
  - { transport: udp, bind: "[$EDGE_IP6]:5060" }
  - { transport: tls, bind: "[$EDGE_IP6]:5061", certificate: $WORK/ca/chain.pem, key: $WORK/ca/key.pem }
EOF
}

edge_start() {
	[ -d "$WORK/ca" ] || "$ROOT/scripts/local-ca" "$WORK/ca" edge.test "$EDGE_IP" "$EDGE_IP6"
	{ edge_config; printf '%s\n' "${1:-}"; } >"$WORK/sotto.yaml"
	nsenter --net="/run/netns/$EDGE_HOST" "$SOTTO" serve --config "$WORK/sotto.yaml" >>"$WORK/edge.log" 2>&1 &
	EDGE_PID=$!
	PIDS+=("$EDGE_PID")
	wait_for "$WORK/edge.log" ' edge_ready '
}

ctl() { "$SOTTO" ctl --socket "$WORK/control.sock" "$@"; }

# records N: waits until N calls have been recorded, and fails if there are more
records() {
	local deadline=$((SECONDS + 40)) n
	until n=$(ctl record list --limit 1000 --json | jq length) && [ "$n" -ge "$1" ]; do
		[ "$SECONDS" -lt "$deadline" ] || fail "$n records of $1"
		read -rt 0.1 <> <(:) || true
	done
	[ "$n" -eq "$1" ] || fail "$n records, not $1"
}

# connection_id NAME
connection_id() { ctl connection list --json | jq -r --arg n "$1" '.[] | select(.name == $n) | .id'; }

phone_start() { # NAME PORT TONE ACCOUNT-PARAMETERS...
	local dir="$WORK/$1" name=$1 port=$2 tone=$3
	mkdir -p "$dir"
	cat >"$dir/config" <<EOF
sip_listen $PHONE_IP:$port
call_max_calls 4
audio_player aubridge,$name
audio_source ausine,$tone
audio_alert aubridge,alert-$name
ausrc_srate 48000
ausrc_channels 2
auplay_srate 8000
auplay_channels 1
rtp_ports $((port * 2))-$((port * 2 + 100))
rtcp_mux no
jitter_buffer_delay 1-5
module_path /usr/lib/baresip/modules
module g711.so
module srtp.so
module aubridge.so
module ausine.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen $PHONE_IP:$((port + 30000))
snd_path $dir
EOF
	printf '%s\n' "$4" >"$dir/accounts"
	: >"$dir/contacts"
	nsenter --net="/run/netns/$PHONE_HOST" baresip -4 -f "$dir" >"$dir/log" 2>&1 </dev/null &
	PIDS+=($!)
	wait_for "$dir/log" 'baresip is ready'
}

# phone_do NAME COMMAND [PARAMETERS]: by baresip's control port, JSON in a netstring
phone_do() {
	local port json
	port=$(sed -nE 's/^ctrl_tcp_listen .*:([0-9]+)$/\1/p' "$WORK/$1/config")
	json=$(jq -cn --arg c "$2" --arg p "${3:-}" '{command: $c, params: $p}')
	on_phone bash -c "exec 3<>/dev/tcp/$PHONE_IP/$port && printf '%s:%s,' '${#json}' '$json' >&3 && read -rt 2 -N 2 -u 3 || true" >/dev/null
}

# heard NAME HZ: its newest recording of what came
heard() {
	local file
	file=$(ls -t "$WORK/$1"/dump-*-dec.wav 2>/dev/null | head -n 1)
	[ -n "$file" ] || fail "$1 recorded nothing"
	"$WAVTONE" "$file" "$2" || fail "$1 did not hear $2 Hz"
}

# tone: one drawn anew, between 600 and 2,900 Hz and no multiple of another's
tone() { echo $((600 + RANDOM % 100 * 23)); }
