/* SPDX-License-Identifier: MIT
 *
 * test_denied_scarce.c - what the telling of denied calls takes may be used up: by other programs
 * of the same user, by the program itself, or by who reads stderr and does not. Then a launch
 * fails, or a line is not written; no program gains by it.
 */
#include "denied_fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FEW_FILES = 256, AT_ONCE = 100, NOBODY = 65534, MOST_PROCESSES = 400, IDLE = 12 };

/* ---- descriptors under way ------------------------------------------------------------------ */

static void limit_files(rlim_t soft, rlim_t hard)
{
    const struct rlimit files = {soft, hard};

    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        _exit(99);
}

static bool send_many(int to)
{
    int fds[AT_ONCE], i;
    char byte = 0, space[CMSG_SPACE(sizeof(fds))] = {0};
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    for (i = 0; i < AT_ONCE; i++)
        fds[i] = STDIN_FILENO;
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(fds));
    memcpy(CMSG_DATA(header), fds, sizeof(fds));
    return sendmsg(to, &message, MSG_DONTWAIT) == 1;
}

/* A process of the program's user, as another sandbox's program is one: it puts more into sockets
 * than FEW_FILES, and keeps it there. */
static pid_t hold_descriptors(void)
{
    int ready[2], sockets[2], i;
    char byte = 0;
    pid_t pid;

    assert_int_equal(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
        limit_files((rlim_t)2 * FEW_FILES, (rlim_t)2 * FEW_FILES);
        if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) != 0)
            _exit(99);
        if (socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) != 0)
            _exit(99);
        for (i = 0; i * AT_ONCE <= FEW_FILES; i++)
            if (!send_many(sockets[0]))
                _exit(99);
        if (write(ready[1], "", 1) == 1)
            pause();
        _exit(99);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void few_files(void *data)
{
    limit_files(FEW_FILES, *(const rlim_t *)data);
}

static void descriptors_under_way(void **state)
{
    rlim_t more = (rlim_t)4 * FEW_FILES, no_more = FEW_FILES;
    const pid_t holder = hold_descriptors();
    struct result r;

    (void)state;
    RUN(&r, .before = few_files, .data = &more, .argv = DENY("call"));
    expect_denied(&r, "ptrace", PTRACE_TRACE, "syscalls.default");
    result_free(&r);
    for (int i = 0; i < 10; i++) { /* and the program has not run until then */
        RUN(&r, .before = few_files, .data = &no_more, .argv = DENY("call"));
        expect_refused(&r, 125, "could not be handed to the launcher");
        result_free(&r);
    }
    RUN(&r, .before = few_files, .data = &no_more, .set = LIST("syscalls.tell=none"),
        .argv = DENY("call"));
    expect_outcome(&r, "denied", 159); /* the launch itself has room */
    result_free(&r);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
}

/* ---- processes ------------------------------------------------------------------------------ */

static void few_processes(void *data)
{
    const struct rlimit most = {MOST_PROCESSES, MOST_PROCESSES};
    int i;

    (void)data;
    if (setrlimit(RLIMIT_NPROC, &most) != 0)
        _exit(99);
    for (i = 0; i < IDLE; i++)
        if (fork() == 0) {
            for (i = 0; i < 3; i++)
                close(i);
            sleep(3);
            _exit(0);
        }
}

/* The program takes all that its user may have, so that nobody can be started who answers: its
 * denied call must not become one that merely fails. */
static void no_process_to_answer(void **state)
{
    struct result r;

    (void)state;
    if (geteuid() == 0) /* the limit does not bind it */
        return;
    RUN(&r, .before = few_processes, .set = LIST("limits.pids=395", "limits.memory=unlimited"),
        .argv = DENY("crowd"));
    expect_refused(&r, 125, "no process that answers");
    result_free(&r);
}

/* ---- how the launch itself ends ------------------------------------------------------------- */

/* Without a #! line the kernel takes it for no program, and the payload leaves with status 1. */
static const char *no_program(void)
{
    const char *path = work_path("no-program");
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs("nothing\n", file);
    fclose(file);
    chmod(path, 0755);
    return path;
}

static void rules_on_the_end(void **state)
{
    static const char *const rules[] = {
        "syscall exit_group.rules=errno:EPERM if status == 1 allow",
        "syscall exit_group.rules=report:EPERM if status == 1 allow",
        "syscall exit_group.rules=kill if status == 1 allow",
    };
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        RUN(&r, .set = LIST(rules[i]), .argv = LIST(no_program()));
        expect_refused(&r, 126, "Exec format error");
        assert_true(r.wall_ns < IN_A_SECOND);
        result_free(&r);
    }
    unlink(work_path("no-program"));
}

/* ---- whoever reads -------------------------------------------------------------------------- */

static void nobody_reads(void **state)
{
    char block[4096] = {0};
    struct result r;
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], block, sizeof(block)) > 0)
        continue;
    fcntl(ends[1], F_SETFL, 0);
    RUN(&r, .options = LIST("--verbose"), .err = &ends[1], .set = LIST(REPORT),
        .argv = DENY("times", "100"));
    expect_outcome(&r, "exited", 0);
    assert_int_equal(report_int(&r, "denied_count"), 100);
    assert_true(r.wall_ns < 5 * (uint64_t)IN_A_SECOND);
    result_free(&r);
    close(ends[0]);
    RUN(&r, .options = LIST("--verbose"), .err = &ends[1], .set = LIST(REPORT),
        .argv = DENY("times", "100"));
    expect_outcome(&r, "exited", 0);
    assert_int_equal(report_int(&r, "denied_count"), 100);
    result_free(&r);
    close(ends[1]);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_under_way),
        cmocka_unit_test(no_process_to_answer),
        cmocka_unit_test(rules_on_the_end),
        cmocka_unit_test(nobody_reads),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
