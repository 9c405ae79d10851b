/** @file unit/cli/call_test.c  `sotto call`: its command line, its WAV files and its ear. */
#include "unit/test.h"

#include <unistd.h>

#include "cli/call_options.h"
#include "cli/listen.h"
#include "cli/wav.h"
#include "media/tone.h"

#define ARGS_MAX 8

static const struct {
	const char *label, *args[ARGS_MAX];
	sotto_err want;
	const char *why; /* its beginning */
} rows[] = {
	{ "plain", { "sip:test@h" }, SOTTO_OK, "" },
	{ "no address", { "--tls" }, SOTTO_EINVAL, "wants one address" },
	{ "two addresses", { "sip:a@h", "sip:b@h" }, SOTTO_EINVAL, "wants one address" },
	{ "unknown option", { "--fast", "sip:a@h" }, SOTTO_EINVAL, "unknown option" },
	{ "unknown suite", { "--srtp", "ROT13", "sip:a@h" }, SOTTO_EINVAL,
		"--srtp: found 'ROT13', allowed: all, off, " },
	{ "no user", { "--from", ":pw", "sip:a@h" }, SOTTO_EINVAL, "--from: wants" },
	{ "shortest", { "--seconds", "1", "sip:a@h" }, SOTTO_OK, "" },
	{ "too short", { "--seconds", "0", "sip:a@h" }, SOTTO_EINVAL,
		"--seconds: found '0', allowed: 1 to 600" },
	{ "longest", { "--seconds", "600", "sip:a@h" }, SOTTO_OK, "" },
	{ "too long", { "--seconds", "601", "sip:a@h" }, SOTTO_EINVAL, "--seconds: found '601'" },
	{ "no number", { "--tone", "high", "sip:a@h" }, SOTTO_EINVAL, "--tone: found 'high'" },
	{ "no password file", { "--password-file", "/nonexistent/x", "sip:a@h" }, SOTTO_EIO,
		"--password-file /nonexistent/x: " },
	{ "help alone", { "--help" }, SOTTO_OK, "" },
};

/** getopt may reorder and we blank the password: each gets a copy. */
static sotto_err parse(const char *const args[ARGS_MAX], struct call_options *o, struct buf *why)
{
	static char copies[ARGS_MAX + 1][64];
	char *argv[ARGS_MAX + 2] = { "call" };
	int argc = 1;

	for (size_t i = 0; i < ARGS_MAX && args[i]; i++) {
		CHECK_OK(span_cstr(span_of(args[i]), copies[i], sizeof(copies[i])));
		argv[argc++] = copies[i];
	}
	return call_options_parse(o, argc, argv, why);
}

static void call_options_say_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct call_options o;
		char text[512];
		struct buf why = buf_over(text, sizeof(text));
		ROW(rows[i].label);
		CHECK_INT(rows[i].want, parse(rows[i].args, &o, &why));
		CHECK(why.n >= strlen(rows[i].why));
		CHECK(memcmp(text, rows[i].why, strlen(rows[i].why)) == 0);
	}
}

static void srtp_is_the_default_over_tls_only(void **state)
{
	static const struct {
		const char *label, *args[ARGS_MAX];
		enum sip_transport transport;
		bool wants_srtp;
	} defaults[] = {
		{ "udp", { "sip:a@h" }, SIP_TRANSPORT_UDP, false },
		{ "tls", { "--tls", "sip:a@h" }, SIP_TRANSPORT_TLS, true },
		{ "sips", { "sips:a@h" }, SIP_TRANSPORT_TLS, true },
		{ "by parameter", { "sip:a@h;transport=tls" }, SIP_TRANSPORT_TLS, true },
		{ "switched off", { "--tls", "--srtp", "off", "sip:a@h" }, SIP_TRANSPORT_TLS,
			false },
		{ "switched on", { "--tcp", "--srtp", "all", "sip:a@h" }, SIP_TRANSPORT_TCP, true },
	};
	struct buf why = buf_over(NULL, 0);
	struct call_options o;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
		ROW(defaults[i].label);
		CHECK_OK(parse(defaults[i].args, &o, &why));
		CHECK_INT(defaults[i].transport, o.transport);
		CHECK_INT(defaults[i].wants_srtp, o.wants_srtp);
	}
}

static void a_password_leaves_the_argument_list(void **state)
{
	char from[] = "alice:wonder", call[] = "call", option[] = "--from", target[] = "sip:a@h";
	char *argv[] = { call, option, from, target, NULL };
	struct buf why = buf_over(NULL, 0);
	struct call_options o;

	(void)state;
	CHECK_OK(call_options_parse(&o, 4, argv, &why));
	assert_string_equal("alice", o.user);
	assert_string_equal("wonder", o.password);
	assert_string_equal("alice", from);
}

static void wav_comes_back_as_it_went(void **state)
{
	char path[] = "/tmp/sotto-wav-XXXXXX";
	int16_t in[] = { 0, 1, -1, 32767, -32768, 1234 }, *out;
	struct buf why = buf_over(NULL, 0);
	size_t n;
	int fd = mkstemp(path);

	(void)state;
	CHECK(fd >= 0);
	close(fd);
	CHECK_OK(wav_write(path, in, ARRAY_LEN(in), &why));
	CHECK_OK(wav_read(path, &out, &n, &why));
	CHECK_INT(ARRAY_LEN(in), n);
	assert_memory_equal(in, out, sizeof(in));
	free(out);
	unlink(path);
	CHECK_INT(SOTTO_EIO, wav_read(path, &out, &n, NULL));
	CHECK(out == NULL);
}

#define FMT(format, channels, rate, bits)                \
	"fmt \x10\0\0\0" format channels rate "\0\0\0\0" \
	"\0\0" bits
#define MONO8K FMT("\1\0", "\1\0", "\x40\x1f\0\0", "\x10\0")

static void wav_parse_takes_one_format(void **state)
{
	static const struct {
		const char *label;
		struct span in;
		sotto_err want;
		size_t bytes;
	} files[] = {
		{ "good", SPAN_INIT("RIFF\0\0\0\0WAVE" MONO8K "data\4\0\0\0abcd"), SOTTO_OK, 4 },
		{ "an odd chunk before",
			SPAN_INIT("RIFF\0\0\0\0WAVELIST\3\0\0\0xyz\0" MONO8K "data\4\0\0\0abcd"),
			SOTTO_OK, 4 },
		{ "longer on paper", SPAN_INIT("RIFF\0\0\0\0WAVE" MONO8K "data\377\0\0\0abcde"),
			SOTTO_OK, 4 },
		{ "stereo",
			SPAN_INIT("RIFF\0\0\0\0WAVE" FMT("\1\0", "\2\0", "\x40\x1f\0\0", "\x10\0")),
			SOTTO_EUNSUPPORTED, 0 },
		{ "16 kHz",
			SPAN_INIT("RIFF\0\0\0\0WAVE" FMT("\1\0", "\1\0", "\x80\x3e\0\0", "\x10\0")),
			SOTTO_EUNSUPPORTED, 0 },
		{ "8 bits",
			SPAN_INIT("RIFF\0\0\0\0WAVE" FMT("\1\0", "\1\0", "\x40\x1f\0\0", "\x08\0")),
			SOTTO_EUNSUPPORTED, 0 },
		{ "no data", SPAN_INIT("RIFF\0\0\0\0WAVE" MONO8K), SOTTO_ESYNTAX, 0 },
		{ "data before format", SPAN_INIT("RIFF\0\0\0\0WAVEdata\2\0\0\0ab" MONO8K),
			SOTTO_ESYNTAX, 0 },
		{ "a chunk beyond the end", SPAN_INIT("RIFF\0\0\0\0WAVELIST\377\377\377\377xy"),
			SOTTO_ESYNTAX, 0 },
		{ "cut header", SPAN_INIT("RIFF\0\0"), SOTTO_ESYNTAX, 0 },
		{ "something else", SPAN_INIT("OggS\0\0\0\0\0\0\0\0"), SOTTO_ESYNTAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct span data = SPAN("x");
		ROW(files[i].label);
		CHECK_INT(files[i].want, wav_parse(files[i].in, &data));
		CHECK_INT(files[i].bytes, data.n);
	}
}

static void a_listener_tells_tones_apart_and_in_order(void **state)
{
	static int16_t sound[8000 * 3];
	const unsigned hz[] = { 440, 880, 1240 };
	struct listen_report r;
	struct tone t;

	(void)state;
	tone_init(&t, 880, 8000);
	tone_fill(&t, sound, 8000);
	/* a second of silence, then our own */
	tone_init(&t, 1240, 8000);
	tone_fill(&t, sound + 16000, 8000);
	listen_judge(&r, sound, ARRAY_LEN(sound), hz, ARRAY_LEN(hz));
	CHECK_INT(2, r.run_count);
	CHECK_INT(880, r.runs[0].hz);
	CHECK_INT(1000, r.runs[0].ms);
	CHECK_INT(1240, r.runs[1].hz);
	CHECK_INT(1000, listen_ms(&r, 1240));
	CHECK_INT(0, listen_ms(&r, 440));
}

static void a_listener_is_not_fooled_by_noise(void **state)
{
	static int16_t sound[8000];
	const unsigned hz[] = { 440, 880, 1240 };
	struct listen_report r;
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sound); i++) {
		x = x * 1664525 + 1013904223;
		sound[i] = (int16_t)(x >> 16);
	}
	listen_judge(&r, sound, ARRAY_LEN(sound), hz, ARRAY_LEN(hz));
	CHECK_INT(0, r.run_count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_options_say_what_is_wrong),
		cmocka_unit_test(srtp_is_the_default_over_tls_only),
		cmocka_unit_test(a_password_leaves_the_argument_list),
		cmocka_unit_test(wav_comes_back_as_it_went),
		cmocka_unit_test(wav_parse_takes_one_format),
		cmocka_unit_test(a_listener_tells_tones_apart_and_in_order),
		cmocka_unit_test(a_listener_is_not_fooled_by_noise),
	};

	return cmocka_run_group_tests_name("cli.call", tests, NULL, NULL);
}
