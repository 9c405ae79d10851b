/** @file daemon/config_reference.c  docs/configuration.md out of the table of keys. */
#include "daemon/config_keys.h"

static const char head[] =
	"# Configuration\n"
	"\n"
	"`sotto serve --config FILE` reads one YAML file; `--check` only checks it. Every error is\n"
	"reported with file, line and key, what was found and what is allowed. Relative paths mean\n"
	"the file's folder. Times are `90s`, `5m`, `1h`, or a plain number of seconds.\n"
	"Connections, numbers and passwords are not here: see `sotto ctl`.\n"
	"\n"
	"This page is printed by `sotto serve --print-config-reference`; a test keeps them equal.\n"
	"\n"
	"A small file:\n"
	"\n"
	"```yaml\n"
	"realm: sip.example.com\n"
	"listeners:\n"
	"  - transport: udp\n"
	"    bind: 192.0.2.1:5060\n"
	"  - transport: tls\n"
	"    bind: 192.0.2.1:5061\n"
	"    certificate: /etc/sotto/chain.pem\n"
	"    key: /etc/sotto/key.pem\n"
	"```\n"
	"\n"
	"| key | allowed | default | a change counts | meaning |\n"
	"|--|--|--|--|--|\n";

static void write_default(struct buf *b, const struct config_key *k)
{
	if (k->is_required)
		buf_lit(b, "**must be set**");
	else if (k->standard)
		buf_printf(b, "`%s`", k->standard);
	else
		buf_lit(b, "–");
}

void config_write_reference(struct buf *b)
{
	buf_put(b, span_of(head));
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		buf_printf(b, "| `%s` | ", k->path);
		config_value_write_allowed(b, k);
		buf_lit(b, " | ");
		write_default(b, k);
		buf_printf(b, " | %s | %s |\n",
			k->reload == CONFIG_LIVE ? "at once" : "at a restart", k->text);
	}
}
