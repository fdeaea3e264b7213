/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes, descriptor tables, open files: who holds which end, and how it came by it. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "logbuild.h"

static const struct w_file *file_of(u32 task, i32 fd)
{
	const struct w_fd *d = lb_fd(task, fd);

	return d ? world_file(lb.w, d->file) : NULL;
}

static const struct w_proc *proc_of(u32 task)
{
	return world_proc(lb.w, world_task(lb.w, task)->proc);
}

static u32 one(void)
{
	u32 t = lb_spawn(0, 0);

	lb.site = 8;
	lb_pipe(t, 3, 4);
	return t;
}

START_TEST(pipe_makes_two_opened_ends)
{
	u32 t = one();

	ck_assert_int_eq(lb_fd(t, 3)->how, FD_OPENED);
	ck_assert_uint_eq(file_of(t, 3)->access, ACCESS_READ);
	ck_assert_uint_eq(file_of(t, 4)->access, ACCESS_WRITE);
	ck_assert_uint_eq(lb_fd(t, 4)->site, 8);
	ck_assert_uint_eq(lb_the_pipe(1)->capacity, 65536);
}
END_TEST

/* ---- files, of runs that follow them ---- */

static void opened(u32 task, i32 fd, const char *path, u64 flags)
{
	struct ev_enter *ev = lb_record(REC_ENTER, CALL_openat, task, 0, sizeof *ev + strlen(path) + 1);

	ev->fd = ev->fd2 = -1;
	ev->arg = flags;
	ev->held = (u32)strlen(path) + 1;
	memcpy(ev->contents, path, ev->held);
	lb_commit();
	lb_exit_flags(task, CALL_openat, 0, fd, fd, -1, OPENED_FILE, flags);
}

START_TEST(a_file_that_is_followed_has_its_path_and_counts)
{
	u32 t = one();

	opened(t, 5, "out.txt", O_WRONLY | O_CLOEXEC);
	ck_assert_uint_eq(file_of(t, 5)->kind, OBJ_DISK);
	ck_assert_str_eq(world_text(lb.w, file_of(t, 5)->title), "out.txt");
	ck_assert_uint_eq(file_of(t, 5)->access, ACCESS_WRITE);
	ck_assert(lb_fd(t, 5)->cloexec);
	lb_call(t, CALL_dup2, 5, 1, 0, 0, 1);
	ck_assert_ptr_eq(file_of(t, 1), file_of(t, 5));
	ck_assert(!lb_fd(t, 1)->cloexec);
	lb_write(t, 5, 3, 3);
	lb_write(t, 1, 4, 4);
	lb_write(t, 1, 4, -ENOSPC);
	ck_assert_uint_eq(file_of(t, 1)->put, 7);
	ck_assert_uint_eq(file_of(t, 1)->got, 0);
	opened(t, 6, "out.txt", O_RDONLY);
	ck_assert_ptr_ne(file_of(t, 6), file_of(t, 5));
	lb_read(t, 6, 64, 7);
	lb_read(t, 6, 64, 0);
	ck_assert_uint_eq(file_of(t, 6)->got, 7);
	lb_close(t, 5);
	lb_close(t, 1);
	ck_assert_ptr_null(lb_fd(t, 5));
	lb_agrees();
}
END_TEST

START_TEST(failed_pipe_makes_nothing)
{
	u32 t = lb_spawn(0, 0);

	lb_call(t, CALL_pipe2, 0, 0, 0, 0, -EMFILE);
	ck_assert_uint_eq(world_pipes(lb.w), 1);
	lb_agrees();
}
END_TEST

START_TEST(fork_copies_descriptors_and_remembers_where_from)
{
	u32 t = one(), child;

	lb.site = 9;
	child = lb_fork(t);
	ck_assert_int_eq(lb_fd(child, 4)->how, FD_INHERITED);
	ck_assert_uint_eq(lb_fd(child, 4)->site, 8);
	ck_assert_uint_eq(lb_fd(child, 4)->got_site, 9);
	ck_assert_uint_eq(lb_fd(child, 4)->from, world_task(lb.w, t)->proc);
	ck_assert_uint_eq(lb_fd(child, 4)->file, lb_fd(t, 4)->file);
	ck_assert_uint_eq(file_of(t, 4)->refs, 2);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 1);
	lb_close(child, 4);
	ck_assert_ptr_nonnull(lb_fd(t, 4));
}
END_TEST

START_TEST(clone_files_shares_the_table)
{
	u32 t = one(), other = lb_spawn(t, EVF_FILES);

	lb_close(other, 4);
	ck_assert_ptr_null(lb_fd(t, 4));
	lb_exec(other, other, "/bin/x");
	lb_close(other, 3);
	ck_assert_ptr_nonnull(lb_fd(t, 3));
	lb_agrees();
}
END_TEST

START_TEST(unshare_copies_the_table)
{
	u32 t = one(), other = lb_spawn(t, EVF_FILES);

	lb_call(other, CALL_unshare, 0, 0, 0, CLONE_FILES, 0);
	lb_close(other, 4);
	ck_assert_ptr_nonnull(lb_fd(t, 4));
}
END_TEST

START_TEST(dup_shares_the_open_file)
{
	u32 t = one();

	lb.site = 11;
	lb_call(t, CALL_dup, 4, 0, 0, 0, 5);
	ck_assert_int_eq(lb_fd(t, 5)->how, FD_DUP);
	ck_assert_uint_eq(lb_fd(t, 5)->from, 4);
	ck_assert_uint_eq(lb_fd(t, 5)->site, 11);
	ck_assert_uint_eq(lb_fd(t, 5)->file, lb_fd(t, 4)->file);
	lb_close(t, 4);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 1);
	lb_close(t, 5);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 0);
	lb_agrees();
}
END_TEST

START_TEST(dup2_releases_what_stood_there)
{
	u32 t = one();

	lb_call(t, CALL_dup2, 3, 4, 0, 0, 4);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 0);
	ck_assert_uint_eq(file_of(t, 4)->access, ACCESS_READ);
	lb_agrees();
}
END_TEST

START_TEST(dup2_onto_itself_does_nothing)
{
	u32 t = one();

	lb_call(t, CALL_dup2, 4, 4, 0, 0, 4);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 1);
	ck_assert_int_eq(lb_fd(t, 4)->how, FD_OPENED);
	lb_agrees();
}
END_TEST

START_TEST(dup2_of_a_file_onto_an_end_releases_the_end)
{
	u32 t = one();

	lb_call(t, CALL_dup2, 9, 4, 0, 0, 4);
	ck_assert_ptr_null(lb_fd(t, 4));
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 0);
	lb_agrees();
}
END_TEST

START_TEST(failed_dup2_releases_nothing)
{
	u32 t = one();

	lb_call(t, CALL_dup2, 9, 4, 0, 0, -EBADF);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 1);
	ck_assert_int_eq(lb_fd(t, 4)->closing, 0);
	lb_agrees();
}
END_TEST

START_TEST(dup3_and_dupfd_can_set_close_on_exec)
{
	u32 t = one();

	lb_call(t, CALL_dup3, 4, 7, 0, O_CLOEXEC, 7);
	lb_call(t, CALL_fcntl, 4, 0, 10, F_DUPFD_CLOEXEC, 10);
	lb_call(t, CALL_fcntl, 4, 0, 10, F_DUPFD, 11);
	ck_assert_int_eq(lb_fd(t, 7)->cloexec, 1);
	ck_assert_int_eq(lb_fd(t, 10)->cloexec, 1);
	ck_assert_int_eq(lb_fd(lb_fork(t), 10)->cloexec, 1);
	ck_assert_int_eq(lb_fd(t, 11)->cloexec, 0);
}
END_TEST

START_TEST(new_descriptor_on_a_number_in_use_is_drift)
{
	u32 t = one();

	lb_call(t, CALL_dup, 4, 0, 0, 0, 3);
	lb_drifts(1);
	ck_assert_uint_eq(file_of(t, 3)->access, ACCESS_WRITE);
}
END_TEST

START_TEST(close_of_an_open_end_that_fails_is_drift)
{
	u32 t = one();

	lb_call(t, CALL_close, 4, 0, 0, 0, -EBADF);
	lb_drifts(1);
}
END_TEST

START_TEST(close_range_closes_the_range)
{
	u32 t = one();

	lb_call(t, CALL_dup, 4, 0, 0, 0, 9);
	lb_call(t, CALL_close_range, 4, INT32_MAX, 0, 0, 0);
	ck_assert_ptr_nonnull(lb_fd(t, 3));
	ck_assert_ptr_null(lb_fd(t, 4));
	ck_assert_ptr_null(lb_fd(t, 9));
	lb_agrees();
}
END_TEST

START_TEST(close_range_can_mark_only)
{
	u32 t = one();

	lb_call(t, CALL_close_range, 4, 4, 0, 4, 0);
	ck_assert_int_eq(lb_fd(t, 4)->cloexec, 1);
	ck_assert_int_eq(lb_fd(t, 3)->cloexec, 0);
}
END_TEST

START_TEST(close_range_can_unshare_first)
{
	u32 t = one(), other = lb_spawn(t, EVF_FILES);

	lb_call(other, CALL_close_range, 3, 100, 0, 2, 0);
	ck_assert_ptr_null(lb_fd(other, 4));
	ck_assert_ptr_nonnull(lb_fd(t, 4));
	ck_assert_int_eq(lb_fd(t, 4)->closing, 0);
}
END_TEST

START_TEST(exec_closes_what_is_marked)
{
	u32 t = one();

	lb_call(t, CALL_fcntl, 3, 0, FD_CLOEXEC, F_SETFD, 0);
	lb_call(t, CALL_ioctl, 4, 0, 0, FIOCLEX, 0);
	lb_call(t, CALL_ioctl, 4, 0, 0, FIONCLEX, 0);
	lb_enter(t, CALL_execve, 0, 0, 0, 0);
	lb_exec(t, t, "/bin/cat");
	lb_exit(t, CALL_execve, 0);
	ck_assert_ptr_null(lb_fd(t, 3));
	ck_assert_ptr_nonnull(lb_fd(t, 4));
	ck_assert_str_eq(world_text(lb.w, proc_of(t)->exec_path), "/bin/cat");
	lb_agrees();
}
END_TEST

START_TEST(exec_of_a_thread_leaves_the_leader_alone)
{
	u32 t = one(), thread = lb_spawn(t, EVF_THREAD | EVF_FILES);

	lb_enter(thread, CALL_execve, 0, 0, 0, 0);
	lb_exec(t, thread, "/bin/cat");
	ck_assert_uint_eq(world_task(lb.w, thread)->state, TASK_GONE);
	ck_assert_uint_eq(world_task(lb.w, t)->state, TASK_RUNNING);
	ck_assert_uint_eq(proc_of(t)->tasks, 1);
	lb_agrees();
}
END_TEST

START_TEST(flags_belong_to_the_open_file)
{
	u32 t = one(), child = lb_fork(t);

	lb_call(child, CALL_fcntl, 3, 0, O_NONBLOCK, F_SETFL, 0);
	ck_assert_uint_eq(file_of(t, 3)->flags, O_NONBLOCK);
	lb_call(t, CALL_ioctl, 3, 0, 0, FIONBIO, 0);
	ck_assert_uint_eq(file_of(child, 3)->flags, 0);
}
END_TEST

START_TEST(open_operation_keeps_its_end_alive)
{
	u32 t = one(), thread = lb_spawn(t, EVF_THREAD | EVF_FILES);

	lb_enter(thread, CALL_read, 3, 0, 10, 0);
	lb_close(t, 3);
	ck_assert_uint_eq(lb_the_pipe(1)->readers, 1);
	lb_write(t, 4, 5, 5);
	lb_exit(thread, CALL_read, 5);
	ck_assert_uint_eq(lb_the_pipe(1)->readers, 0);
	lb_agrees();
}
END_TEST

START_TEST(last_end_closed_ends_the_pipe)
{
	u32 t = one();

	lb_write(t, 4, 5, 5);
	lb_close(t, 3);
	ck_assert_uint_eq(lb_the_pipe(1)->gone, 0);
	lb_close(t, 4);
	ck_assert_uint_eq(lb_the_pipe(1)->gone, 1);
	ck_assert_int_eq(lb_the_pipe(1)->fill, 0);
	ck_assert_uint_eq(lb_the_pipe(1)->span_first, 0);
}
END_TEST

START_TEST(end_of_a_process_closes_its_ends)
{
	u32 t = one(), child = lb_fork(t);

	lb_close(t, 4);
	lb_end(child, 0);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 0);
	ck_assert_uint_eq(world_task(lb.w, child)->state, TASK_ZOMBIE);
}
END_TEST

START_TEST(leader_may_end_before_its_threads)
{
	u32 t = one(), thread = lb_spawn(t, EVF_THREAD | EVF_FILES);

	lb_thread_end(t);
	ck_assert_uint_eq(world_task(lb.w, t)->state, TASK_ZOMBIE);
	ck_assert_uint_eq(proc_of(t)->ended, 0);
	lb_write(thread, 4, 1, 1);
	lb_end(thread, 0);
	ck_assert_uint_eq(proc_of(t)->ended, 1);
	ck_assert_uint_eq(world_task(lb.w, t)->state, TASK_GONE); /* nobody of ours is its parent */
	lb_agrees();
}
END_TEST

START_TEST(wait_collects_the_child)
{
	u32 t = one(), child = lb_fork(t);

	lb_end(child, 0);
	lb_call(t, CALL_wait4, -1, 0, 0, 0, 100 + (i32)child);
	ck_assert_uint_eq(world_task(lb.w, child)->state, TASK_GONE);
	ck_assert_uint_eq(proc_of(child)->reaped, 1);
	lb_agrees();
}
END_TEST

/* In a pid namespace of its own it gets other numbers than we: they may be those that another child has here. */
START_TEST(wait_goes_by_the_number_that_fork_gave)
{
	u32 t = one(), child[2];

	for (int i = 0; i < 2; i++) {
		lb_enter(t, CALL_fork, -1, -1, 0, 0);
		child[i] = lb_spawn_pid(t, 0, 500 + i);
		lb_exit(t, CALL_fork, 501 + i);
	}
	lb_end(child[0], 0);
	lb_call(t, CALL_wait4, -1, 0, 0, 0, 501);
	ck_assert_uint_eq(proc_of(child[0])->reaped, 1);
	ck_assert_uint_eq(proc_of(child[1])->reaped, 0);
	lb_agrees();
	lb_call(t, CALL_wait4, -1, 0, 0, 0, 502);
	lb_drifts(1);
}
END_TEST

START_TEST(wait_for_a_child_that_lives_is_drift)
{
	u32 t = one(), child = lb_fork(t);

	lb_call(t, CALL_wait4, -1, 0, 0, 0, 100 + (i32)child);
	lb_drifts(1);
}
END_TEST

START_TEST(children_of_the_dead_are_collected_outside)
{
	u32 t = one(), child = lb_fork(t), grandchild = lb_fork(child), dead = lb_fork(child);

	lb_end(dead, 0);
	ck_assert_uint_eq(world_task(lb.w, dead)->state, TASK_ZOMBIE);
	lb_end(child, 0);
	ck_assert_uint_eq(world_task(lb.w, dead)->state, TASK_GONE);
	ck_assert_uint_eq(proc_of(grandchild)->parent, 0);
	lb_end(grandchild, 0);
	ck_assert_uint_eq(world_task(lb.w, grandchild)->state, TASK_GONE);
}
END_TEST

START_TEST(names_go_both_ways)
{
	u32 t = one(), child = lb_fork(t), thread = lb_spawn(child, EVF_THREAD | EVF_FILES);
	char buf[24];

	ck_assert_str_eq(world_task_name(lb.w, child, buf), "P2");
	ck_assert_str_eq(world_task_name(lb.w, thread, buf), "P2.1");
	ck_assert_uint_eq(world_task_by_name(lb.w, "p2"), child);
	ck_assert_uint_eq(world_task_by_name(lb.w, "2"), child);
	ck_assert_uint_eq(world_task_by_name(lb.w, "P2.1"), thread);
	ck_assert_uint_eq(world_task_by_name(lb.w, "P3"), 0);
	ck_assert_uint_eq(world_task_by_name(lb.w, "P2x"), 0);
	ck_assert_uint_eq(world_task_by_name(lb.w, ""), 0);
	ck_assert_uint_eq(world_pipe_by_name(lb.w, "pipe1"), 1);
	ck_assert_uint_eq(world_pipe_by_name(lb.w, "pipe2"), 0);
}
END_TEST

START_TEST(ends_are_listed_by_process_and_number)
{
	u32 t = one(), child = lb_fork(t);
	struct w_end ends[3];

	lb_call(child, CALL_dup, 4, 0, 0, 0, 1);
	ck_assert_uint_eq(world_pipe_ends(lb.w, 1, ACCESS_WRITE, ends, 3), 3);
	ck_assert_uint_eq(ends[0].proc, 1);
	ck_assert_int_eq(world_fd(lb.w, ends[1].fd)->fd, 1);
	ck_assert_int_eq(world_fd(lb.w, ends[2].fd)->fd, 4);
	ck_assert_uint_eq(world_pipe_ends(lb.w, 1, ACCESS_WRITE, ends, 1), 3);
	ck_assert_uint_eq(ends[0].proc, 1);
}
END_TEST

START_TEST(pipe_opened_again_by_its_inode_is_another_open_file)
{
	u32 t = lb_spawn(0, 0);
	u64 ino = lb_pipe(t, 3, 4);

	lb_enter(t, CALL_openat, 0, 0, 0, O_WRONLY);
	lb_exit_flags(t, CALL_openat, 0, 5, 5, 0, ino, O_WRONLY);
	ck_assert_uint_eq(lb_the_pipe(1)->writers, 2);
	ck_assert_uint_ne(lb_fd(t, 5)->file, lb_fd(t, 4)->file);
	lb_agrees();
}
END_TEST

START_TEST(many_gone_pipes_are_forgotten)
{
	u32 t = lb_spawn(0, 0);

	for (int i = 0; i < 1000; i++) {
		lb_pipe(t, 3, 4);
		lb_close(t, 3);
		lb_close(t, 4);
	}
	ck_assert_uint_lt(world_pipes(lb.w), 200);
	ck_assert_uint_ne(world_pipe_by_name(lb.w, "pipe1000"), 0);
	lb_agrees();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		pipe_makes_two_opened_ends,
		failed_pipe_makes_nothing,
		a_file_that_is_followed_has_its_path_and_counts,
		fork_copies_descriptors_and_remembers_where_from,
		clone_files_shares_the_table,
		unshare_copies_the_table,
		dup_shares_the_open_file,
		dup2_releases_what_stood_there,
		dup2_onto_itself_does_nothing,
		dup2_of_a_file_onto_an_end_releases_the_end,
		failed_dup2_releases_nothing,
		dup3_and_dupfd_can_set_close_on_exec,
		new_descriptor_on_a_number_in_use_is_drift,
		close_of_an_open_end_that_fails_is_drift,
		close_range_closes_the_range,
		close_range_can_mark_only,
		close_range_can_unshare_first,
		exec_closes_what_is_marked,
		exec_of_a_thread_leaves_the_leader_alone,
		flags_belong_to_the_open_file,
		open_operation_keeps_its_end_alive,
		last_end_closed_ends_the_pipe,
		end_of_a_process_closes_its_ends,
		leader_may_end_before_its_threads,
		wait_collects_the_child,
		wait_goes_by_the_number_that_fork_gave, wait_for_a_child_that_lives_is_drift,
		children_of_the_dead_are_collected_outside,
		names_go_both_ways,
		ends_are_listed_by_process_and_number,
		pipe_opened_again_by_its_inode_is_another_open_file,
		many_gone_pipes_are_forgotten,
		NULL,
	};

	return lb_main("world/fd", tests);
}
