/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A client by script: the other side of a learner's server, FIFO or socket, itself a program that is traced, so that who
 * waits for whom is known on both sides. One command a line:
 *
 *   connect udp PORT                         each send is a datagram, each expect is one
 *   connect tcp PORT | connect unix PATH     until somebody listens there: once more when all others have come to rest
 *   listen tcp PORT | listen unix PATH       and accept the first who comes
 *   open read PATH | open write PATH         a FIFO, a file
 *   send "TEXT"          all of it             slowly "TEXT"     one byte a call
 *   expect "TEXT"        exactly these bytes   expect end        and no more
 *   expect nothing       when all others have come to rest nothing has come
 *   read N               N bytes, whatever they are
 *   shutdown             nothing more is sent, the rest is still read
 *   reset                the connection is broken off (RST)
 *   close                settle              until all others have come to rest
 *   await                until the step `go NAME`: a client that is there and does nothing
 *
 * What does not come as expected is said in a line on standard output, and the status is 1.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "grader/private.h"

struct peer {
	int fd;
	bool datagrams;
	u32 line;
	struct str says;
};

static bool fails(struct peer *p, const char *what, const char *detail)
{
	str_addf(&p->says, "line %u of the client: %s%s%s", p->line, what, detail ? ": " : "", detail ? detail : "");
	return false;
}

/* The grader lets us go on when all others sleep. */
static void settle(void)
{
	kill(getpid(), SIGSTOP);
}

static void await_go(void)
{
	sigset_t go;
	int sig;

	sigemptyset(&go);
	sigaddset(&go, SIGUSR1);
	while (sigwait(&go, &sig) != 0)
		;
}

/* ---- places ---- */

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_un un;
};

static bool address_read(struct peer *p, const char *text, union address *a, socklen_t *n)
{
	memset(a, 0, sizeof *a);
	if (strncmp(text, "tcp ", 4) == 0 || strncmp(text, "udp ", 4) == 0) {
		a->in.sin_family = AF_INET;
		a->in.sin_port = htons((u16)atoi(text + 4));
		a->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		*n = sizeof a->in;
		return true;
	}
	if (strncmp(text, "unix ", 5) == 0 && strlen(text + 5) < sizeof a->un.sun_path) {
		a->un.sun_family = AF_UNIX;
		strcpy(a->un.sun_path, text + 5);
		*n = sizeof a->un;
		return true;
	}
	return fails(p, "an address is tcp PORT, udp PORT or unix PATH", NULL);
}

static bool connect_to(struct peer *p, const char *text)
{
	union address a;
	socklen_t n;

	if (!address_read(p, text, &a, &n))
		return false;
	p->datagrams = text[0] == 'u' && text[1] == 'd';
	for (int tries = 0;; tries++) {
		p->fd = socket(a.any.sa_family, (p->datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
		if (p->fd >= 0 && connect(p->fd, &a.any, n) == 0)
			return true;
		if (tries == 3 || (errno != ECONNREFUSED && errno != ENOENT))
			return fails(p, "no connection", strerror(errno));
		close(p->fd);
		settle();
	}
}

static bool listen_at(struct peer *p, const char *text)
{
	union address a;
	socklen_t n;
	int fd, yes = 1;

	if (!address_read(p, text, &a, &n))
		return false;
	fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (fd < 0 || bind(fd, &a.any, n) < 0 || listen(fd, 8) < 0)
		return fails(p, "it cannot listen", strerror(errno));
	p->fd = accept(fd, NULL, NULL);
	close(fd);
	return p->fd >= 0 || fails(p, "nobody came", strerror(errno));
}

static bool open_path(struct peer *p, const char *text)
{
	bool reads = strncmp(text, "read ", 5) == 0;

	if (!reads && strncmp(text, "write ", 6) != 0)
		return fails(p, "open is open read PATH or open write PATH", NULL);
	p->fd = open(text + (reads ? 5 : 6), (reads ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
	return p->fd >= 0 || fails(p, "it cannot be opened", strerror(errno));
}

/* ---- bytes ---- */

static bool unquote(struct peer *p, const char *text, struct str *out)
{
	str_add(out, "");
	if (*text++ != '"')
		return fails(p, "a text stands in quotes", NULL);
	for (; *text && *text != '"'; text++) {
		char c = *text;

		if (c == '\\' && text[1] == 'x' && isxdigit((unsigned char)text[2]) && isxdigit((unsigned char)text[3])) {
			char hex[3] = {text[2], text[3], 0};

			c = (char)strtol(hex, NULL, 16);
			text += 3;
		} else if (c == '\\' && text[1]) {
			c = *++text;
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
		}
		str_add_bytes(out, &c, 1);
	}
	return true;
}

static bool send_bytes(struct peer *p, const struct str *s, bool slowly)
{
	for (size_t done = 0; done < s->len;) {
		ssize_t n = write(p->fd, s->s + done, slowly ? 1 : s->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fails(p, "it cannot be sent", strerror(errno));
		done += (size_t)n;
	}
	return true;
}

static ssize_t read_some(int fd, char *buf, size_t n)
{
	ssize_t got;

	while ((got = read(fd, buf, n)) < 0 && errno == EINTR)
		;
	return got;
}

static bool expect_end(struct peer *p)
{
	char buf[256];
	ssize_t n = read_some(p->fd, buf, sizeof buf);
	struct str s = {0};
	bool ok = n == 0 || (n < 0 && errno == ECONNRESET);

	if (!ok && n > 0) {
		shown_text(buf, (size_t)n, &s);
		fails(p, "expected the end, got", str_get(&s));
	} else if (!ok) {
		fails(p, "expected the end", strerror(errno));
	}
	str_finish(&s);
	return ok;
}

static bool expect_bytes(struct peer *p, const struct str *want)
{
	char *buf = xmalloc(p->datagrams ? 65536 : want->len + 1);
	size_t have = 0, at;
	struct str s = {0};
	ssize_t n = 1;
	bool same;

	if (p->datagrams && (n = read_some(p->fd, buf, 65536)) > 0)
		have = (size_t)n;
	while (!p->datagrams && have < want->len && memcmp(buf, want->s, have) == 0 && (n = read_some(p->fd, buf + have, want->len - have)) > 0)
		have += (size_t)n;
	same = !difference_words(want->s, want->len, buf, have, &at, &s);
	if (!same)
		fails(p, str_get(&s), n < 0 ? strerror(errno) : NULL);
	str_finish(&s);
	free(buf);
	return same;
}

static bool expect_nothing(struct peer *p)
{
	char buf[256];
	struct str s = {0};
	ssize_t n;

	settle();
	n = recv(p->fd, buf, sizeof buf, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n >= 0)
		shown_text(buf, (size_t)n, &s);
	fails(p, "expected nothing, got", n < 0 ? strerror(errno) : n == 0 && !p->datagrams ? "the end" : str_get(&s));
	str_finish(&s);
	return false;
}

static bool read_bytes(struct peer *p, u64 n)
{
	char buf[4096];

	while (n) {
		ssize_t got = read_some(p->fd, buf, n < sizeof buf ? n : sizeof buf);

		if (got <= 0)
			return fails(p, "there was less to read", NULL);
		n -= (u64)got;
	}
	return true;
}

/* ---- commands ---- */

static bool with_text(struct peer *p, const char *rest, bool (*fn)(struct peer *, const struct str *))
{
	struct str s = {0};
	bool ok = unquote(p, rest, &s) && fn(p, &s);

	str_finish(&s);
	return ok;
}

static bool send_all(struct peer *p, const struct str *s) { return send_bytes(p, s, false); }
static bool send_slowly(struct peer *p, const struct str *s) { return send_bytes(p, s, true); }

static bool reset(struct peer *p)
{
	struct linger hard = {.l_onoff = 1};

	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(p->fd);
	p->fd = -1;
	return true;
}

static bool obey(struct peer *p, const char *verb, const char *rest)
{
	if (strcmp(verb, "connect") == 0)
		return connect_to(p, rest);
	if (strcmp(verb, "listen") == 0)
		return listen_at(p, rest);
	if (strcmp(verb, "open") == 0)
		return open_path(p, rest);
	if (strcmp(verb, "send") == 0)
		return with_text(p, rest, send_all);
	if (strcmp(verb, "slowly") == 0)
		return with_text(p, rest, send_slowly);
	if (strcmp(verb, "expect") == 0)
		return strcmp(rest, "end") == 0 ? expect_end(p) : strcmp(rest, "nothing") == 0 ? expect_nothing(p) : with_text(p, rest, expect_bytes);
	if (strcmp(verb, "read") == 0)
		return read_bytes(p, strtoull(rest, NULL, 10));
	if (strcmp(verb, "shutdown") == 0)
		return shutdown(p->fd, SHUT_WR) == 0 || fails(p, "shutdown", strerror(errno));
	if (strcmp(verb, "reset") == 0)
		return reset(p);
	if (strcmp(verb, "close") == 0) {
		close(p->fd);
		p->fd = -1;
		return true;
	}
	if (strcmp(verb, "settle") == 0) {
		settle();
		return true;
	}
	if (strcmp(verb, "await") == 0) {
		await_go();
		return true;
	}
	return fails(p, "there is no such command", verb);
}

int peer_main(int argc, char **argv)
{
	struct peer p = {.fd = -1};
	char *script = argc > 0 ? argv[0] : "", *rest = NULL;
	sigset_t go;
	bool ok = true;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&go);
	sigaddset(&go, SIGUSR1);
	sigprocmask(SIG_BLOCK, &go, NULL);
	for (char *line = script; ok && line && *line; line = rest) {
		char *verb, *words;

		rest = strchr(line, '\n');
		if (rest)
			*rest++ = '\0';
		p.line++;
		verb = line + strspn(line, " \t");
		if (!*verb || *verb == '#')
			continue;
		words = verb + strcspn(verb, " ");
		if (*words)
			*words++ = '\0';
		ok = obey(&p, verb, words);
	}
	if (!ok && write(STDOUT_FILENO, p.says.s, p.says.len) < 0)
		return 2;
	str_finish(&p.says);
	return ok ? 0 : 1;
}
