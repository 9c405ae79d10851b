/** @file unit/store/folder.h  A folder of the test's own under /tmp, gone with its files after it.
 */
#pragma once
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct folder {
	char path[64];
	char store[80]; /* a file name in it */
};

static inline void folder_make(struct folder *f)
{
	snprintf(f->path, sizeof(f->path), "/tmp/sotto-test-XXXXXX");
	if (!mkdtemp(f->path))
		abort();
	snprintf(f->store, sizeof(f->store), "%s/sotto.db", f->path);
}

static inline void folder_remove(const struct folder *f)
{
	DIR *d = opendir(f->path);
	struct dirent *e;
	char path[400];

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", f->path, e->d_name);
		if (e->d_name[0] != '.')
			unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(f->path);
}
