/* SPDX-License-Identifier: MIT
 *
 * test_output.c - what the program writes arrives whole and unchanged, through a pipe and in a
 * file, up to the limit on output and to the byte.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIMIT = 1024 * 1024 };

/* The same sequence is in the program. */
static unsigned char pattern(uint64_t place)
{
    return (unsigned char)((place * 2654435761U) >> 13);
}

static void expect_pattern(const char *bytes, size_t length, size_t expected)
{
    size_t i;

    assert_int_equal(length, expected);
    for (i = 0; i < length; i++) {
        if ((unsigned char)bytes[i] != pattern(i))
            fail_msg("byte %zu of %zu is wrong", i, length);
    }
}

static void pipes(void **state)
{
    static const char *const limits[] = {"limits.output=16M", "limits.output=unlimited"};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        RUN(&r, .set = LIST(limits[i]), .argv = LIST(payload("flood"), "both", "3000000"));
        expect_outcome(&r, "exited", 0);
        expect_pattern(r.out, r.out_length, 3000000);
        expect_pattern(r.err, r.err_length, 3000000);
        result_free(&r);
    }
}

static size_t file_size(int fd)
{
    struct stat status;

    assert_int_equal(fstat(fd, &status), 0);
    return (size_t)status.st_size;
}

static void expect_file(int fd, size_t skip, size_t expected)
{
    static char bytes[4 * LIMIT];
    ssize_t length = pread(fd, bytes, sizeof(bytes), (off_t)skip);

    assert_true(length >= 0);
    expect_pattern(bytes, (size_t)length, expected);
}

static void one_file(const char *name, int flags, size_t skip)
{
    struct result r;
    char text[5000], before[5000];
    autofd fd = open(work_path(name), O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);

    unlink(work_path(name));
    memset(text, 'x', sizeof(text));
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, skip), skip);
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "out", "300000"),
        .out = &fd);
    expect_outcome(&r, "exited", 0);
    expect_file(fd, skip, 300000);
    assert_int_equal(report_int(&r, "output_bytes"), 300000);
    result_free(&r);
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "out"), .out = &fd);
    expect_outcome(&r, "output", 153);
    assert_int_equal(file_size(fd), skip + 300000 + LIMIT);
    assert_int_equal(pread(fd, before, skip, 0), skip);
    assert_memory_equal(before, text, skip);
    result_free(&r);
}

static void files(void **state)
{
    (void)state;
    one_file("new", 0, 0);
    one_file("offset", 0, 5000);
    one_file("append", O_APPEND, 4000);
}

/* What the file held before is not the program's output: the caller said "1<>FILE". */
static void overwritten_file(void **state)
{
    static char old[2 * LIMIT];
    struct result r;
    char byte;
    autofd fd = open(work_path("old"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    (void)state;
    unlink(work_path("old"));
    memset(old, 'x', sizeof(old));
    assert_int_equal(write(fd, old, sizeof(old)), sizeof(old));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "out", "1000"),
        .out = &fd);
    expect_outcome(&r, "exited", 0);
    assert_int_equal(report_int(&r, "output_bytes"), 1000);
    result_free(&r);
    assert_int_equal(file_size(fd), sizeof(old));
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 1000);
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "out"), .out = &fd);
    expect_outcome(&r, "output", 153);
    result_free(&r);
    assert_int_equal(file_size(fd), sizeof(old));
    assert_int_equal(pread(fd, &byte, 1, 1000 + LIMIT), 1);
    assert_int_equal(byte, 'x');
}

/* The limit is on both streams together, however they are mixed. */
static void both_in_one_file(void **state)
{
    struct result r;
    autofd fd = open(work_path("both"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    (void)state;
    unlink(work_path("both"));
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "both"), .out = &fd,
        .err = &fd);
    expect_outcome(&r, "output", 153);
    assert_int_equal(file_size(fd), LIMIT);
    result_free(&r);
}

static void file_and_pipe(void **state)
{
    struct result r;
    autofd fd = open(work_path("mixed"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    (void)state;
    unlink(work_path("mixed"));
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "both", "400000"),
        .out = &fd);
    expect_outcome(&r, "exited", 0);
    expect_file(fd, 0, 400000);
    expect_pattern(r.err, r.err_length, 400000);
    result_free(&r);
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "both", "900000"),
        .err = &fd);
    expect_outcome(&r, "output", 153);
    assert_int_equal(r.out_length + file_size(fd) - 400000, LIMIT);
    result_free(&r);
}

/* A pipe holds what fits, and not a byte more. */
static void pipe_limit(void **state)
{
    static const char *const ways[] = {"out", "err", "both"};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), ways[i]));
        expect_outcome(&r, "output", 153);
        assert_int_equal(r.out_length + r.err_length, LIMIT);
        assert_int_equal(report_int(&r, "output_bytes"), LIMIT);
        assert_true(report_bool(&r, "killed"));
        expect_pattern(r.out, r.out_length, r.out_length);
        expect_pattern(r.err, r.err_length, r.err_length);
        result_free(&r);
    }
}

static void around_the_limit(const char *stream, const char *bytes, const int *fd, bool fits)
{
    struct result r;

    if (fd != NULL)
        assert_true(ftruncate(*fd, 0) == 0 && lseek(*fd, 0, SEEK_SET) == 0);
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), stream, bytes),
        .out = fd);
    if (fits)
        expect_outcome(&r, "exited", 0);
    else
        expect_outcome(&r, "output", 153);
    assert_int_equal((fd != NULL ? file_size(*fd) : r.out_length) + r.err_length, LIMIT);
    result_free(&r);
}

/* As much as is allowed is allowed. */
static void exactly_the_limit(void **state)
{
    autofd fd = open(work_path("exact"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const int *const sinks[] = {NULL, &fd};
    size_t i;

    (void)state;
    unlink(work_path("exact"));
    for (i = 0; i < sizeof(sinks) / sizeof(*sinks); i++) {
        around_the_limit("out", "1048576", sinks[i], true);
        around_the_limit("out", "1048577", sinks[i], false);
        around_the_limit("both", "524288", sinks[i], true);
        around_the_limit("both", "524289", sinks[i], false);
    }
}

static void to_nowhere(void **state)
{
    struct result r;
    autofd fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

    (void)state;
    RUN(&r, .set = LIST("limits.output=1M"), .argv = LIST(payload("flood"), "out", "300000"),
        .out = &fd);
    expect_outcome(&r, "exited", 0);
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipes),         cmocka_unit_test(files),
        cmocka_unit_test(pipe_limit),    cmocka_unit_test(both_in_one_file),
        cmocka_unit_test(file_and_pipe), cmocka_unit_test(exactly_the_limit),
        cmocka_unit_test(to_nowhere),    cmocka_unit_test(overwritten_file),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
