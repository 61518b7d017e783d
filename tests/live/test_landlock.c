/* SPDX-License-Identifier: MIT
 *
 * test_landlock.c - the second wall is in force, and what programs usually do goes on behind it.
 * Each command is run without it too, and must say the same.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const sides[] = {"landlock.mode=off", "landlock.mode=require"};

static bool is_here(void)
{
    return syscall(444 /* landlock_create_ruleset */, NULL, 0, 1 /* its version */) >= 2;
}

/* Runs a shell command with and without the wall; both say `text`. stdin is `input` or `in`. */
static void both_say(const char *command, const char *input, const int *in, const char *text)
{
    for (size_t i = 0; i < 2; i++) {
        struct result r;
        if (in)
            assert_int_equal(lseek(*in, 0, SEEK_SET), 0);
        RUN(&r, .profile = "base", .set = LIST(sides[i]), .argv = LIST("/bin/sh", "-c", command),
            .input = input, .in = in);
        expect_outcome(&r, "exited", 0);
        expect_out(&r, text);
        assert_string_equal(report_guard(&r, "landlock"), i == 0 ? "off" : "enforced");
        result_free(&r);
    }
}

static void reopened_pipes(void **state)
{
    (void)state;
    if (stage()->as_root)
        skip(); /* its programs are another user, who may not open root's pipes anew */
    both_say("cat /dev/stdin; echo out > /dev/stdout; echo err > /dev/stderr; cat /proc/self/fd/0",
             "in\n", NULL, "in\nout\n");
}

/* A file of the host that is stdin or stdout, and is nowhere inside. */
static void reopened_files(void **state)
{
    autofd in = open(work_path("in"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    (void)state;
    assert_int_equal(write(in, "data\n", 5), 5);
    assert_int_equal(fchmod(in, 0666), 0);
    both_say("cat /dev/stdin; cat < /proc/self/fd/0", NULL, &in, "data\ndata\n");
    unlink(work_path("in"));
    for (size_t i = 0; i < 2; i++) {
        struct result r;
        char text[16] = "";
        autofd out = open(work_path("out"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_int_equal(fchmod(out, 0666), 0);
        RUN(&r, .profile = "base", .set = LIST(sides[i]), .out = &out,
            .argv = LIST("/bin/sh", "-c", "echo a > /dev/stdout; echo b >> /dev/stdout"));
        expect_outcome(&r, "exited", 0);
        assert_int_equal(pread(out, text, sizeof(text) - 1, 0), 4);
        assert_string_equal(text, "a\nb\n");
        result_free(&r);
        unlink(work_path("out"));
    }
}

static void writable_places(void **state)
{
    (void)state;
    both_say("mkdir a b && echo 1 > a/f && mv a/f b/ && ln b/f a/g && ln -s f b/s && mkfifo p && "
             "truncate -s 1 b/f && cat a/g && mv b a/ && rm -r a && ls",
             "", NULL, "1p\n");
    both_say("echo x > /dev/null && : > /dev/shm/y && head -c 4 /dev/zero | wc -c", "", NULL,
             "4\n");
    both_say("cp /bin/true t && ./t && echo name > /proc/self/comm && cat < /dev/null", "", NULL,
             "");
    both_say("exec 3<>gone; rm gone; echo still > /proc/self/fd/3; cat /proc/self/fd/3", "", NULL,
             "still\n");
}

static void signals_inside(void **state)
{
    (void)state;
    both_say("sleep 9 & kill $! && wait $!; echo $?; trap 'echo got' USR1; kill -USR1 $$", "", NULL,
             "143\ngot\n");
}

/* What can't go with it is granted all the same. */
static void left_out(void **state)
{
    struct result r;
    (void)state;
    RUN(&r, .profile = "base", .set = LIST("namespaces.nested=yes"), .argv = LIST("/bin/true"));
    expect_outcome(&r, "exited", 0);
    assert_string_equal(report_guard(&r, "landlock"), "off");
    result_free(&r);
}

/* Few descriptors are allowed, and a place lies where the program's user may not pass. */
static void tight_surroundings(void **state)
{
    struct result r;
    (void)state;
    RUN(&r, .profile = "base",
        .set = LIST("landlock.mode=require", "limits.open_files=4",
                    "files.tmpfs=/closed:mode=0000 /closed/in"),
        .argv = LIST("/bin/true"));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reopened_pipes),  cmocka_unit_test(reopened_files),
        cmocka_unit_test(writable_places), cmocka_unit_test(signals_inside),
        cmocka_unit_test(left_out),        cmocka_unit_test(tight_surroundings),
    };
    (void)argc, (void)argv;
    if (!is_here())
        return stage_skip("this kernel has no Landlock of ABI 2 or newer");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
