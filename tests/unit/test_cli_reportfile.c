/* SPDX-License-Identifier: MIT
 *
 * test_cli_reportfile.c - which paths mean a descriptor, and what is in a folder before, while and
 * after a report is written, also where the file system has no files without a name.
 */
#include "support/test.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the file system answers to O_TMPFILE; 0 where it is asked indeed. */
static int tmpfile_error;

static int openat_like_other_systems(int folder, const char *path, int flags, mode_t mode)
{
    if ((flags & O_TMPFILE) == O_TMPFILE && tmpfile_error) {
        errno = tmpfile_error;
        return -1;
    }
    return openat(folder, path, flags, mode);
}

/* NOLINTBEGIN(bugprone-suspicious-include): the command is no library */
#include "cli/descriptor.c"
#define openat openat_like_other_systems
#include "cli/reportfile.c"
#undef openat
/* NOLINTEND(bugprone-suspicious-include) */

static int enter_folder(void **state)
{
    char template[] = "/tmp/sandbox-report-XXXXXX";

    tmpfile_error = 0;
    umask(022);
    *state = mkdtemp(template) ? strdup(template) : NULL;
    return *state ? chdir(*state) : -1;
}

static int leave_folder(void **state)
{
    int ret = chdir("/") == 0 ? rmdir(*state) : -1; /* a test removes what it made */

    free(*state);
    return ret;
}

static unsigned files_here(void)
{
    struct dirent *entry;
    DIR *folder = opendir(".");
    unsigned count = 0;

    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static void expect_file(const char *path, const char *text, mode_t mode)
{
    char seen[256] = "";
    struct stat status;
    FILE *file = fopen(path, "re");

    assert_non_null(file);
    seen[fread(seen, 1, sizeof(seen) - 1, file)] = '\0';
    assert_string_equal(seen, text);
    assert_int_equal(fstat(fileno(file), &status), 0);
    assert_int_equal(status.st_mode & 07777, mode);
    assert_int_equal(status.st_size, strlen(text));
    fclose(file);
}

static void write_report(const char *path, const char *text)
{
    struct report_file file;

    assert_int_equal(report_file_open(&file, path, 0), 0);
    assert_int_equal(report_file_finish(&file, text, strlen(text)), 0);
}

/* The number of names in the folder while a report waits for its text. */
static void write_and_replace(unsigned names)
{
    struct report_file file;
    struct stat status;

    assert_int_equal(report_file_open(&file, "r", 0), 0);
    assert_int_equal(files_here(), names);
    assert_int_equal(fstat(file.fd, &status), 0);
    assert_true(status.st_blocks > 0);
    assert_int_equal(report_file_finish(&file, "one", 3), 0);
    assert_int_equal(files_here(), 1);
    expect_file("r", "one", 0644);

    assert_int_equal(report_file_open(&file, "r", 0), 0);
    assert_int_equal(files_here(), 1 + names);
    expect_file("r", "one", 0644);
    report_file_abandon(&file);
    assert_int_equal(files_here(), 1);
    expect_file("r", "one", 0644);

    write_report("./r", "second");
    expect_file("r", "second", 0644);
    assert_int_equal(files_here(), 1);
    assert_int_equal(unlink("r"), 0);
}

static void no_name_before_the_end(void **state)
{
    (void)state;
    write_and_replace(0);
}

static void without_nameless_files(void **state)
{
    static const int errors[] = {EOPNOTSUPP, EISDIR, ENOENT, EINVAL, ENOSYS};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        tmpfile_error = errors[i];
        write_and_replace(1);
    }
}

static void mode_follows_umask(void **state)
{
    mode_t old = umask(077);

    (void)state;
    write_report("r", "x");
    expect_file("r", "x", 0600);
    umask(0);
    write_report("r", "x");
    expect_file("r", "x", 0644);
    umask(old);
    assert_int_equal(unlink("r"), 0);
}

/* The name beside the report's must not be what is too long. */
static void longest_name(void **state)
{
    struct report_file file;
    char name[257];
    int tries;

    (void)state;
    memset(name, 'n', sizeof(name));
    name[256] = '\0';
    for (tries = 0; tries < 2; tries++) {
        tmpfile_error = tries ? EOPNOTSUPP : 0;
        name[255] = 'n';
        assert_int_equal(report_file_open(&file, name, 0), -ENAMETOOLONG);
        name[255] = '\0';
        write_report(name, "x");
        expect_file(name, "x", 0644);
        assert_int_equal(unlink(name), 0);
    }
}

static void refused(void **state)
{
    struct report_file file;

    (void)state;
    assert_int_equal(report_file_open(&file, "", 0), -ENOENT);
    assert_int_equal(report_file_open(&file, "none/r", 0), -ENOENT);
    assert_int_equal(report_file_open(&file, "none/", 0), -ENOENT);
    assert_int_equal(report_file_open(&file, ".", 0), -EISDIR);
    assert_int_equal(report_file_open(&file, "/", 0), -EISDIR);
    assert_int_equal(report_file_open(&file, "/dev/null/r", 0), -ENOTDIR);
    assert_int_equal(symlink("none", "dangling"), 0);
    assert_int_equal(report_file_open(&file, "dangling", 0), -ENOENT);
    assert_int_equal(unlink("dangling"), 0);
    assert_int_equal(file.fd, -1);
    report_file_abandon(&file);
    assert_int_equal(report_file_open(&file, NULL, 0), 0);
    report_file_abandon(&file);
}

static void links_stay(void **state)
{
    struct stat status;

    (void)state;
    assert_int_equal(mkdir("folder", 0755), 0);
    close(open("folder/target", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    assert_int_equal(symlink("folder/target", "link"), 0);
    write_report("link", "x");
    assert_int_equal(lstat("link", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    expect_file("folder/target", "x", 0644);
    assert_int_equal(files_here(), 2);
    assert_int_equal(unlink("link"), 0);
    assert_int_equal(unlink("folder/target"), 0);
    assert_int_equal(rmdir("folder"), 0);
}

/* ---- descriptors ---------------------------------------------------------------------------- */

static void expect_meant(const char *path, int number)
{
    if (descriptor_meant(path) != number)
        fail_msg("%s means %d, not %d", path, descriptor_meant(path), number);
}

static void paths_that_mean_a_descriptor(void **state)
{
    char path[64];

    (void)state;
    expect_meant("/dev/stdin", 0);
    expect_meant("/dev/stdout", 1);
    expect_meant("/dev/stderr", 2);
    expect_meant("/dev/fd/0", 0);
    expect_meant("/dev/fd/789", 789); /* open or not */
    expect_meant("/proc/self/fd/1", 1);
    expect_meant("/proc/thread-self/fd/1", 1);
    expect_meant("/proc//self/./fd/1", 1);
    snprintf(path, sizeof(path), "/proc/%d/fd/1", (int)getpid());
    expect_meant(path, 1);
    snprintf(path, sizeof(path), "/proc/%d/fd/1", (int)getppid());
    expect_meant(path, -1);
    expect_meant("/proc/1/fd/1", -1);
    expect_meant("/proc/self/fd/01", -1);
    expect_meant("/proc/self/fd/1x", -1);
    expect_meant("/proc/self/fd/", -1);
    expect_meant("/proc/self/fd", -1);
    expect_meant("/proc/self/fdinfo/1", -1);
    expect_meant("/dev/null", -1);
    expect_meant("/dev/stdout/", -1);
    expect_meant("/", -1);
    expect_meant("", -1);
    expect_meant("1", -1);
    assert_true(descriptor_meant("/dev/fd/99999999999999999999") > 1 << 20);
    assert_int_equal(chdir("/proc/self"), 0);
    expect_meant("fd/1", 1);
    assert_int_equal(chdir("fd"), 0);
    expect_meant("1", 1);
}

static void links_that_mean_a_descriptor(void **state)
{
    static const char *const links[] = {"direct", "second", "folder", "loop", "null"};
    char text[PATH_MAX + 2];
    size_t i;

    (void)state;
    assert_int_equal(symlink("/dev/stdout", "direct"), 0);
    assert_int_equal(symlink("./direct", "second"), 0);
    assert_int_equal(symlink("/proc/self/fd", "folder"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(symlink("/dev/null", "null"), 0);
    expect_meant("direct", 1);
    expect_meant("./second", 1);
    expect_meant("folder/9", 9);
    expect_meant("loop", -1);
    expect_meant("null", -1);
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    expect_meant(text, -1);
    for (i = 0; i < sizeof(links) / sizeof(*links); i++)
        assert_int_equal(unlink(links[i]), 0);
}

/* A file that is open already is written where its descriptor stands, and stays what it is. */
static void written_at_the_position(void **state)
{
    char path[32];
    int fd = open("f", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    (void)state;
    assert_int_equal(write(fd, "before after", 12), 12);
    assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
    snprintf(path, sizeof(path), "/dev/fd/%d", fd);
    write_report(path, "X");
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 8);
    expect_file("f", "before Xfter", 0600);
    close(fd);
    assert_int_equal(unlink("f"), 0);
}

static void unfit_descriptors(void **state)
{
    static const int flags[] = {O_RDONLY, O_PATH};
    struct report_file file;
    char path[32];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
        int fd = open("/dev/null", flags[i] | O_CLOEXEC);

        snprintf(path, sizeof(path), "/dev/fd/%d", fd);
        assert_int_equal(report_file_open(&file, path, 0), -EBADF);
        close(fd);
        assert_int_equal(report_file_open(&file, path, 0), -EBADF);
    }
    assert_int_equal(report_file_open(&file, "/dev/stderr", 1U << 2), -EBADF);
    assert_int_equal(report_file_open(&file, "/dev/stderr", 1U << 1), 0);
    report_file_abandon(&file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_name_before_the_end),
        TEST(without_nameless_files),
        TEST(mode_follows_umask),
        TEST(longest_name),
        TEST(refused),
        TEST(links_stay),
        TEST(paths_that_mean_a_descriptor),
        TEST(links_that_mean_a_descriptor),
        TEST(written_at_the_position),
        TEST(unfit_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
