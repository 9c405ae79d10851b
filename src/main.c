/** @file main.c  One binary, a table of subcommands. */
#include <stdio.h>
#include <string.h>

#include "cli/call.h"
#include "cli/ctl.h"
#include "daemon/config.h"
#include "daemon/serve.h"

static int ctl(int argc, char **argv)
{
	return ctl_main(argc, argv, CONFIG_SOCKET);
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *text;
} subcommands[] = {
	{ "serve", serve_main, "runs the edge" },
	{ "ctl", ctl, "asks and changes a running edge" },
	{ "call", call_main, "places one call and says what protected it" },
};

static int usage(FILE *out, int status)
{
	fputs("usage: sotto SUBCOMMAND [options]\n", out);
	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		fprintf(out, "  %-8s %s\n", subcommands[i].name, subcommands[i].text);
	fputs("  --version, --help\n", out);
	return status;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < ARRAY_LEN(subcommands); i++)
		if (strcmp(name, subcommands[i].name) == 0)
			return subcommands[i].run(argc - 1, argv + 1);
	if (strcmp(name, "--version") == 0) {
		puts("sotto " SOTTO_VERSION);
		return 0;
	}
	if (strcmp(name, "--help") == 0)
		return usage(stdout, 0);
	if (*name)
		fprintf(stderr, "sotto: no subcommand \"%s\"\n", name);
	return usage(stderr, 2);
}
