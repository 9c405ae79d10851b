/**
 * @file fuzz/replay.c  Runs a fuzz target over the files of a corpus folder, without libFuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (1u << 20)

static int replay_file(const char *dir, const char *name)
{
	char path[4096];
	uint8_t *bytes = malloc(INPUT_MAX), *exact;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f || !bytes) {
		perror(path);
		free(bytes);
		return 1;
	}
	n = fread(bytes, 1, INPUT_MAX, f);
	fclose(f);
	exact = malloc(n ? n : 1); /* so that ASan sees one byte too far */
	if (exact) {
		for (size_t i = 0; i < n; i++)
			exact[i] = bytes[i];
		LLVMFuzzerTestOneInput(exact, n);
	}
	free(exact);
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	struct dirent *e;
	unsigned count = 0;
	DIR *d;

	if (argc != 2 || !(d = opendir(argv[1]))) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER (and it must be there)\n", argv[0]);
		return 2;
	}
	while ((e = readdir(d)))
		if (e->d_name[0] != '.') {
			if (replay_file(argv[1], e->d_name))
				return 1;
			count++;
		}
	closedir(d);
	printf("%u inputs replayed\n", count);
	return count ? 0 : 1; /* an empty corpus tests nothing */
}
