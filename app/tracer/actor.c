/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an interpreter runs: the script, module or main class of its command line (/proc/PID/cmdline), as a
 * short name. Of any other program the name it was called by, where its file has another: redis-server is a link to
 * redis-check-rdb, gcc to x86_64-linux-gnu-gcc-12, vi to vim.basic. Nothing else of the command line goes into the log:
 * there may be secrets in it. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tracer/private.h"

enum { CMDLINE_READ = 8192, NAME_MOST = 48 };

/* How a family of interpreters is called. Options that take a value in a word of its own; those that end the search
 * because no script follows (-c, -e); the one that a name follows. */
struct family {
	const char *program; /* the executable's name begins so */
	const char *valued, *none, *named;
	bool is_class; /* the last part of a.b.Main */
	const char *verb; /* only behind this word a script follows (go run), NULL: at once */
};
static const struct family families[] = {
	{"python", " -W -X --check-hash-based-pycs ", " -c ", " -m ", false, NULL},
	{"java", " -cp -classpath --class-path -p --module-path --add-modules --add-opens --add-exports --add-reads ", "",
		" -jar -m --module ", true, NULL},
	{"go", " -exec -p -tags -ldflags -gcflags -asmflags -mod -modfile -overlay -C ", "", "", false, "run"},
	{"node", " -r --require --import --loader ", " -e --eval -p --print ", "", false, NULL},
	{"perl", " -I ", " -e -E ", "", false, NULL},
	{"ruby", " -I -r ", " -e ", "", false, NULL},
	{"bash", " -o -O --rcfile --init-file ", " -c ", "", false, NULL},
	{"dash", " -o ", " -c ", "", false, NULL},
	{"sh", " -o ", " -c ", "", false, NULL},
	{"zsh", " -o ", " -c ", "", false, NULL},
	{"ksh", " -o ", " -c ", "", false, NULL},
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const struct family *family_of(const char *path)
{
	const char *base = base_name(path);

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		size_t n = strlen(families[i].program);
		/* "python3.12", "perl5.38", "sh": a digit, a point or nothing follows. */
		if (!strncmp(base, families[i].program, n) && strspn(base + n, "0123456789.-") == strlen(base + n))
			return &families[i];
	}
	return NULL;
}

static bool is_among(const char *list, const char *word)
{
	char key[64];

	return snprintf(key, sizeof key, " %s ", word) < (int)sizeof key && strstr(list, key);
}

/* The word that names what runs, NULL none. `words` ends at `end` and with a NUL. */
static const char *word_that_names(const struct family *f, const char *words, const char *end)
{
	const char *w = words + strlen(words) + 1, *verb = f->verb;

	for (; w < end; w += strlen(w) + 1) {
		const char *next = w + strlen(w) + 1;
		if (verb && w[0] != '-') {
			if (strcmp(w, verb) != 0)
				return NULL;
			verb = NULL;
			continue;
		}
		if (w[0] != '-' || !w[1])
			return w[0] == '-' ? NULL : w;
		if (is_among(f->named, w))
			return next < end ? next : NULL;
		/* -ec: one of several letters */
		if (is_among(f->none, w) || (w[1] != '-' && strlen(w) < 6 && strstr(f->none, " -c ") && strchr(w, 'c')))
			return NULL;
		if (is_among(f->valued, w))
			w = next;
		if (w >= end)
			return NULL;
	}
	return NULL;
}

static void shorten(const struct family *f, const char *word, char name[NAME_MOST])
{
	size_t n = strlen(word);
	const char *jar = n > 4 ? word + n - 4 : "", *source = n > 5 ? word + n - 5 : "", *dot;

	word = base_name(word);
	dot = strrchr(word, '.');
	if (f->is_class && dot && strcmp(jar, ".jar") != 0 && strcmp(source, ".java") != 0)
		word = dot + 1;
	snprintf(name, NAME_MOST, "%s", word);
}

static size_t proc_read(pid_t pid, const char *what, char *text, size_t room)
{
	char file[64];
	ssize_t n;
	int fd;

	snprintf(file, sizeof file, "/proc/%d/%s", (int)pid, what);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, room - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = 0;
	return n < 0 ? 0 : (size_t)n;
}

/* The kernel's name of it (comm) when it is its first word's, too: a program may have changed either. */
static void called_by(pid_t pid, const char *path, char name[NAME_MOST])
{
	enum { COMM_MOST = 15 };
	char comm[COMM_MOST + 3], words[1024];

	proc_read(pid, "comm", comm, sizeof comm);
	comm[strcspn(comm, "\n")] = 0;
	proc_read(pid, "cmdline", words, sizeof words);
	if (comm[0] && strncmp(base_name(words), comm, COMM_MOST) == 0 && strncmp(base_name(path), comm, COMM_MOST) != 0)
		snprintf(name, NAME_MOST, "%.*s", NAME_MOST - 1, strlen(comm) == COMM_MOST ? base_name(words) : comm);
}

/* "" where it is no interpreter, or what it runs has no name; false: it is none. */
static bool name_of(pid_t pid, const char *path, char name[NAME_MOST])
{
	const struct family *f = family_of(path);
	char words[CMDLINE_READ];
	const char *word;
	size_t n;

	name[0] = 0;
	if (!f)
		return false;
	n = proc_read(pid, "cmdline", words, sizeof words);
	word = n > 0 ? word_that_names(f, words, words + n) : NULL;
	if (word)
		shorten(f, word, name);
	return true;
}

bool actor_is(pid_t pid, const char *wanted)
{
	char file[64], path[512], name[NAME_MOST];
	ssize_t n;

	snprintf(file, sizeof file, "/proc/%d/exe", (int)pid);
	n = readlink(file, path, sizeof path - 1);
	if (n <= 0)
		return false;
	path[n] = 0;
	return name_of(pid, path, name) && name[0] && !strcmp(name, wanted);
}

bool actor_note(struct tracer *t, struct tracee *x, const char *path, struct err *err)
{
	struct note_actor body;
	char name[NAME_MOST];
	bool ok, interpreter;
	struct rec *r;

	interpreter = name_of(x->tid, path, name);
	if (!name[0])
		called_by(x->tid, path, name);
	if (!interpreter && !name[0])
		return true;
	body.len = (u32)strlen(name) + 1;
	r = emit_begin(t, REC_ACTOR, x, sizeof body + body.len, err, &ok);
	if (!r)
		return ok;
	memcpy(r + 1, &body, sizeof body);
	memcpy((u8 *)(r + 1) + sizeof body, name, body.len);
	emit_commit(t, r);
	return true;
}
