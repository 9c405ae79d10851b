/** @file unit/base/log_test.c  Tests base/log.h. */
#include "unit/test.h"

#include "base/log.h"

static char line[8192];
static size_t lines;

static void keep(void *ctx, struct span s)
{
	(void)ctx;
	lines++;
	CHECK(s.n < sizeof(line));
	memcpy(line, s.p, s.n);
	line[s.n] = 0;
}

static wall_t half_past(void *clock)
{
	(void)clock;
	return 1700000000123;
}

static struct log test_log(enum log_format format)
{
	struct log log = { .format = format, .sink = keep, .wall = half_past };

	log_set_level(&log, LOG_LEVEL_INFO);
	lines = 0;
	return log;
}

static void log_writes_text(void **state)
{
	struct log log = test_log(LOG_FORMAT_TEXT);
	struct netaddr a;

	(void)state;
	CHECK_OK(netaddr_parse(SPAN("192.0.2.1:5060"), &a));
	log_info(&log, call, "call_started", LOG_STR("call", "c1"), LOG_INT("n", -5),
		LOG_BOOL("srtp", true), LOG_ADDR("peer", &a), LOG_STR("text", "two words\n"),
		LOG_STR("empty", ""));
	assert_string_equal(
		"2023-11-14T22:13:20.123Z info call call_started call=c1 n=-5 srtp=true "
		"peer=192.0.2.1:5060 text=\"two words\\u000a\" empty=\"\"\n",
		line);
}

static void log_writes_json(void **state)
{
	struct log log = test_log(LOG_FORMAT_JSON);

	(void)state;
	log_warn(&log, sip, "odd", LOG_SPAN("bytes", SPAN("a\"b\\c\xff\xc3\xa9")),
		LOG_BOOL("x", false));
	assert_string_equal(
		"{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"warn\",\"area\":\"sip\","
		"\"event\":\"odd\",\"bytes\":\"a\\\"b\\\\c\\ufffd\xc3\xa9\",\"x\":false}\n",
		line);
}

static void log_levels_are_by_area(void **state)
{
	struct log log = test_log(LOG_FORMAT_TEXT);

	(void)state;
	log_debug(&log, media, "quiet", LOG_INT("n", 1));
	CHECK_INT(0, lines);
	log.levels[LOG_AREA_media] = LOG_LEVEL_DEBUG;
	log_debug(&log, media, "loud", LOG_INT("n", 1));
	log_debug(&log, call, "quiet", LOG_INT("n", 1));
	CHECK_INT(1, lines);
	log_error((struct log *)NULL, call, "nobody", LOG_INT("n", 1));
}

/** A field that does not fit is left out whole: the line stays one JSON object. */
static void log_leaves_out_what_does_not_fit(void **state)
{
	struct log log = test_log(LOG_FORMAT_JSON);
	char big[5000];

	(void)state;
	memset(big, 'x', sizeof(big));
	log_info(&log, sip, "big", LOG_SPAN("a", ((struct span){ big, sizeof(big) })),
		LOG_INT("b", 2));
	CHECK(strstr(line, "\"event\":\"big\",\"b\":2}\n") != NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_writes_text),
		cmocka_unit_test(log_writes_json),
		cmocka_unit_test(log_levels_are_by_area),
		cmocka_unit_test(log_leaves_out_what_does_not_fit),
	};

	return cmocka_run_group_tests_name("base.log", tests, NULL, NULL);
}
