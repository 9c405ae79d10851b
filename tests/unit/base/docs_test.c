/**
 * @file unit/base/docs_test.c  docs/failures.md is what the table of failures says. After a change
 * of the table: UPDATE_DOCS=1 unit_base_docs writes it anew.
 */
#include "unit/test.h"

#include "base/buf.h"
#include "base/failure.h"

#define TEXT_MAX 65536

static void write_row(struct buf *b, const struct failure_info *row)
{
	buf_printf(b, "| `%s` | ", row->name);
	if (row->sip_status)
		buf_put_u64(b, row->sip_status);
	else
		buf_lit(b, "as the far party answered");
	buf_lit(b, " | ");
	if (row->q850_cause)
		buf_put_u64(b, row->q850_cause);
	buf_printf(b, " | %s | %s |\n", row->text, row->remedy);
}

static void write_failures(struct buf *b)
{
	buf_lit(b,
		"# Why a call or a registration was refused\n\n"
		"Each reason has one name, the same in the log, the call record and the answer's "
		"`Warning` header. Made from the table in `src/base/failure.h`.\n\n"
		"| name | SIP status | Q.850 cause | what happened | what to change |\n"
		"|--|--|--|--|--|\n");
	for (int f = FAILURE_none + 1; f < FAILURE_COUNT; f++)
		write_row(b, failure_info((enum failure)f));
}

static void docs_failures_is_the_table(void **state)
{
	static char want[TEXT_MAX], got[TEXT_MAX];
	struct buf b = buf_over(want, sizeof(want));
	const char *path = DOCS_DIR "/failures.md";
	FILE *f;

	(void)state;
	write_failures(&b);
	CHECK_OK(buf_err(&b));
	if (getenv("UPDATE_DOCS")) {
		f = fopen(path, "w");
		CHECK(f && fwrite(want, 1, b.n, f) == b.n && fclose(f) == 0);
	}
	f = fopen(path, "r");
	CHECK(f != NULL);
	size_t n = fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	ROW("docs/failures.md is out of date: run UPDATE_DOCS=1 unit_base_docs");
	CHECK(n == b.n && memcmp(want, got, n) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(docs_failures_is_the_table),
	};

	return cmocka_run_group_tests_name("base.docs", tests, NULL, NULL);
}
