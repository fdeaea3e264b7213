/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of labs: finding them, the one of an id, the nearest to a mistyped one. */
#include "lab/private.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where guides are and where programs are: the same place but for an installed ipclab. */
struct shelf {
	struct str guides, programs;
};

static bool is_folder(const char *path)
{
	DIR *d = opendir(path);

	if (d)
		closedir(d);
	return d != NULL;
}

static void beside_executable(struct str *out)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	if (n <= 0)
		return;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		str_addf(out, "%.*s/labs", (int)(slash - path), path);
}

static bool shelf_find(struct shelf *shelf, struct err *err)
{
	const char *named = getenv("IPCLAB_LABS");

	if (named && named[0]) {
		str_add(&shelf->guides, named);
		str_add(&shelf->programs, named);
		if (!is_folder(named))
			return err_sys(err, EXIT_INPUT,
				"the folder of labs that IPCLAB_LABS names, %s, cannot be opened",
				named);
		return true;
	}
	beside_executable(&shelf->guides);
	if (shelf->guides.len && is_folder(shelf->guides.s)) {
		str_add(&shelf->programs, shelf->guides.s);
		return true;
	}
	str_clear(&shelf->guides);
	str_add(&shelf->guides, PKGDATADIR "/labs");
	str_add(&shelf->programs, PKGLIBEXECDIR "/labs");
	if (!is_folder(shelf->guides.s))
		return err_set(err, EXIT_INPUT,
			"no labs are installed: %s is not there. Install ipclab with "
			"make install, or name a folder of labs in IPCLAB_LABS",
			shelf->guides.s);
	return true;
}

static void shelf_finish(struct shelf *shelf)
{
	str_finish(&shelf->guides);
	str_finish(&shelf->programs);
}

/* "01-pipe": a number, a hyphen, a word of small letters, digits and hyphens. */
static bool folder_name(const char *name, u32 *number, const char **id)
{
	const char *p = name;

	*number = 0;
	while (isdigit((unsigned char)*p) && p - name < 4)
		*number = *number * 10 + (u32)(*p++ - '0');
	if (p == name || *p != '-' || !islower((unsigned char)p[1]))
		return false;
	*id = ++p;
	while (islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '-')
		p++;
	return *p == '\0';
}

static void lab_finish(struct lab *lab)
{
	guide_destroy(lab->guide);
	free(lab->id);
	free(lab->file);
	free(lab->programs_dir);
}

void labs_finish(struct labs *labs)
{
	for (size_t i = 0; i < labs->list.n; i++)
		lab_finish(&labs->list.at[i]);
	free(labs->list.at);
	*labs = (struct labs){0};
}

static int by_number(const void *a, const void *b)
{
	const struct lab *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* A lab that cannot be read is one of them, with the reason. */
static void add_lab(struct labs *labs, const struct shelf *shelf, const char *name)
{
	struct str file = {0}, programs = {0};
	const char *id;
	struct lab *lab;
	u32 number;

	if (!folder_name(name, &number, &id))
		return;
	str_addf(&file, "%s/%s/lab.md", shelf->guides.s, name);
	if (access(file.s, F_OK) == -1) {
		str_finish(&file);
		return; /* a folder in the making is no lab yet */
	}
	str_addf(&programs, "%s/%s", shelf->programs.s, name);
	lab = vec_push(&labs->list);
	*lab = (struct lab){
		.number = number, .id = xstrdup(id), .file = file.s, .programs_dir = programs.s};
	lab->guide = guide_load(lab->file, &lab->wrong);
	if (lab->guide)
		listings_fill(lab);
}

bool labs_find(struct labs *labs, struct err *err)
{
	struct shelf shelf = {0};
	struct dirent *entry;
	DIR *dir = NULL;
	bool ok;

	*labs = (struct labs){0};
	ok = shelf_find(&shelf, err);
	if (ok) {
		dir = opendir(shelf.guides.s);
		if (!dir)
			ok = err_sys(err, EXIT_INPUT, "the folder of labs, %s, cannot be opened",
				shelf.guides.s);
	}
	while (ok && (entry = readdir(dir)) != NULL)
		add_lab(labs, &shelf, entry->d_name);
	if (dir)
		closedir(dir);
	shelf_finish(&shelf);
	if (!ok) {
		labs_finish(labs);
		return false;
	}
	if (labs->list.n)
		qsort(labs->list.at, labs->list.n, sizeof *labs->list.at, by_number);
	return true;
}

/* Other words by which somebody may look for a lab: what it is about. */
static const char *const others[][2] = {
	{"pipes", "pipe"}, {"eof", "pipe"}, {"dup2", "redirect"}, {"dup", "redirect"}, {"redirection", "redirect"},
	{"exec", "redirect"}, {"shell", "redirect"}, {"pclose", "popen"}, {"fifos", "fifo"}, {"mkfifo", "fifo"},
	{"named-pipe", "fifo"}, {"named-pipes", "fifo"}, {"coprocess", "two-way"}, {"poll", "two-way"},
	{"fork", "cooperate"}, {"ring", "bounded-buffer"}, {"producer", "bounded-buffer"},
	{"semaphore", "semaphores"}, {"mutex", "race"}, {"lock", "race"}, {"shm", "posix-shm"},
	{"shared-memory", "posix-shm"}, {"mmap", "mapped-file"}, {"socketpair", "unix-sockets"}, {"unix", "unix-sockets"},
	{"mq", "mailboxes"}, {"mailbox", "mailboxes"}, {"queues", "mailboxes"}, {"rendezvous", "synchronisation"},
	{"sockets", "tcp"}, {"socket", "tcp"}, {"datagram", "udp"}, {"multicast", "udp"}, {"xdr", "rpc"},
	{"call", "rpc"}, {"failures", "rpc-failures"},
};

static bool is_lab(const struct lab *lab, const char *word)
{
	const char *id;
	char *end;
	u32 number;

	if (strcasecmp(lab->id, word) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strcasecmp(others[i][0], word) == 0 && strcmp(others[i][1], lab->id) == 0)
			return true;
	if (folder_name(word, &number, &id))
		return lab->number == number && strcmp(lab->id, id) == 0;
	if (!isdigit((unsigned char)word[0]))
		return false;
	number = (u32)strtoul(word, &end, 10);
	return *end == '\0' && lab->number == number;
}

/* How many letters are to be put in, left out or changed to make one of the other. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[65], n = (unsigned)strnlen(b, 64);

	for (unsigned k = 0; k <= n; k++)
		row[k] = k;
	for (unsigned i = 1; *a && i < 64; a++, i++) {
		unsigned corner = row[0];

		row[0] = i;
		for (unsigned k = 1; k <= n; k++) {
			unsigned change = corner + (tolower((unsigned char)*a) != b[k - 1]);
			unsigned other = (row[k] < row[k - 1] ? row[k] : row[k - 1]) + 1;

			corner = row[k];
			row[k] = change < other ? change : other;
		}
	}
	return row[n];
}

/* By its id, or by another word for it. */
static unsigned unlikeness(const char *word, const char *id)
{
	unsigned least = strlen(word) > 2 && strstr(id, word) ? 0 : distance(word, id), one;

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strcmp(others[i][1], id) == 0 && (one = distance(word, others[i][0])) < least)
			least = one;
	return least;
}

static void add_nearest(const struct labs *labs, const char *word, struct str *out)
{
	size_t taken[3], n = 0;

	while (n < ARRAY_LEN(taken) && n < labs->list.n) {
		size_t best = labs->list.n;

		for (size_t i = 0; i < labs->list.n; i++) {
			bool used = false;

			for (size_t j = 0; j < n; j++)
				used |= taken[j] == i;
			if (!used && (best == labs->list.n ||
					     unlikeness(word, labs->list.at[i].id) <
						     unlikeness(word, labs->list.at[best].id)))
				best = i;
		}
		str_addf(out, "%s%s", n ? ", " : "", labs->list.at[best].id);
		taken[n++] = best;
	}
}

const struct lab *labs_get(const struct labs *labs, const char *word, struct err *err)
{
	struct str nearest = {0};

	for (size_t i = 0; i < labs->list.n; i++) {
		const struct lab *lab = &labs->list.at[i];

		if (!is_lab(lab, word))
			continue;
		if (lab->guide)
			return lab;
		*err = lab->wrong;
		return NULL;
	}
	add_nearest(labs, word, &nearest);
	err_set(err, EXIT_USAGE, "there is no lab '%.64s'; nearest: %s. ipclab labs lists them all",
		word, nearest.len ? nearest.s : "none");
	str_finish(&nearest);
	return NULL;
}
