/* SPDX-License-Identifier: MIT
 *
 * test_fs_noexec.c - files.noexec: which mounts get the flag, and that nothing runs there.
 */
#include "fs_inside.h"
#include <sys/statvfs.h>

static char dir[64]; /* of the fixture, for the children */

static struct fixture *host_of(void **state)
{
    struct fixture *f = *state;
    snprintf(dir, sizeof(dir), "%s", f->dir);
    make_dir(f, "/a");
    make_dir(f, "/a/b");
    make_dir(f, "/a/b/c");
    make_text(f, "/a/run", "#!/static\n", 0755);
    make_text(f, "/a/b/run", "#!/static\n", 0755);
    make_link(f, "b", "/a/link");
    return f;
}

static bool is_noexec(struct fixture *f, enum fs_op op, const char *target)
{
    const struct fs_step *step = find_step(f, op, target);
    assert_non_null(step);
    return step->attributes & MOUNT_ATTR_NOEXEC;
}

static void test_words_at_and_below(void **state)
{
    struct fixture *f = host_of(state);
    add_rw(f, at(f, "/a"), 1);
    add_bind(f, at(f, "/a"), "/x/y", false, 2);
    add_bind(f, at(f, "/a"), "/xy", false, 3);
    add_tmpfs(f, "/x/z", 4);
    add_tmpfs(f, "/z", 5);
    add_noexec(f, "/x", 6);
    add_noexec(f, "/z", 7);
    prepared(f);
    assert_true(is_noexec(f, FS_BIND, "x/y"));
    assert_true(is_noexec(f, FS_TMPFS, "x/z"));
    assert_true(is_noexec(f, FS_TMPFS, "z"));
    assert_false(is_noexec(f, FS_BIND, "xy"));
    assert_false(is_noexec(f, FS_BIND, at(f, "/a") + 1));
    assert_false(is_noexec(f, FS_TMPFS, "box"));
}

static void test_part_of_a_bind(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    add_noexec(f, at(f, "/a/link/c"), 2); /* where it leads */
    prepared(f);
    const struct fs_step *part = find_step(f, FS_BIND, at(f, "/a/b/c") + 1);
    assert_non_null(part);
    assert_true(part->pin && part->attributes & MOUNT_ATTR_NOEXEC &&
                part->attributes & MOUNT_ATTR_RDONLY);
    assert_string_equal(part->source, at(f, "/a/b/c"));
    assert_int_equal(part->origin.line, 2);
    assert_false(is_noexec(f, FS_BIND, at(f, "/a") + 1));
}

static void test_working_directory(void **state)
{
    struct fixture *f = host_of(state);
    make_text(f, "/prog", "\177ELF", 0755);
    make_text(f, "/data", "x", 0755);
    add_noexec(f, "/box", 1);
    run_program(f, at(f, "/prog"));
    f->files[0] = (struct sbx_file){.source = at(f, "/data")};
    f->command.file_count = 1;
    prepared(f);
    assert_true(is_noexec(f, FS_TMPFS, "box"));
    assert_true(is_noexec(f, FS_BIND, "box/data"));
    assert_false(is_noexec(f, FS_BIND, "box/prog")); /* it is there to run */
}

static void test_program_in_it(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    struct item *item = add_noexec(f, at(f, "/a/b"), 2);
    make_text(f, "/a/b/prog", "\177ELF", 0755);
    run_program(f, at(f, "/a/b/prog"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "is mounted noexec inside", "files.noexec");
    item->first = at(f, "/a/run");
    prepared(f);
    char script[200];
    snprintf(script, sizeof(script), "#!%s\n", at(f, "/a/b/prog"));
    make_text(f, "/a/script", script, 0755);
    run_program(f, at(f, "/a/script"));
    prepared(f);
    item->first = at(f, "/a/b");
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "its interpreter", "files.noexec");
}

static void test_no_place(void **state)
{
    struct fixture *f = host_of(state);
    add_rw(f, at(f, "/a"), 1);
    struct item *tmp = add_tmpfs(f, "/t", 2);
    struct item *item = add_noexec(f, at(f, "/a/none"), 3);
    refused(f, SBX_E_HOST, 3, "does not exist", "?");
    item->optional = true;
    prepared(f);
    item->first = at(f, "/a/link");
    refused(f, SBX_E_HOST, 3, "an earlier program could have put there", NULL);
    item->first = "/t/x";
    refused(f, SBX_E_PROFILE, 3, "is no mount", "name /t");
    (void)tmp;
    add_bind(f, at(f, "/a"), "/t/x/y", false, 4);
    prepared(f);
    assert_true(is_noexec(f, FS_BIND, "t/x/y"));
    item->first = "/nowhere";
    prepared(f);
}

static bool runs(const char *path)
{
    pid_t child = fork();
    int status = 0;
    if (child == 0) {
        execl(path, path, (char *)NULL);
        _exit(errno == EACCES ? 1 : 2);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 1 || WEXITSTATUS(status) == 2);
    return WEXITSTATUS(status) != 1; /* its interpreter is missing, and that is all it lacks */
}

static void look(void)
{
    char path[128], copy[128];
    snprintf(path, sizeof(path), "%s/a/run", dir);
    CHECK(runs(path));
    snprintf(path, sizeof(path), "%s/a/b/run", dir);
    CHECK(!runs(path));
    snprintf(path, sizeof(path), "%s/a/link/run", dir);
    CHECK(!runs(path));
    int from = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(from >= 0 && mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, from, 0) == MAP_FAILED);
    snprintf(copy, sizeof(copy), "/tmp/run");
    int to = open(copy, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
    CHECK(to >= 0 && write(to, "#!/static\n", 10) == 10 && close(to) == 0);
    CHECK(!runs(copy));
    snprintf(path, sizeof(path), "%s/a/b", dir);
    struct statvfs fs;
    CHECK(statvfs(path, &fs) == 0 && fs.f_flag & ST_NOEXEC && fs.f_flag & ST_RDONLY);
}

static void test_inside(void **state)
{
    struct fixture *f = host_of(state);
    add_tmpfs(f, "/tmp", 4);
    add_bind(f, at(f, "/a"), "/h/a", false, 1);
    add_noexec(f, "/h/a/b", 2);
    add_noexec(f, "/tmp", 3);
    prepared(f);
    snprintf(dir, sizeof(dir), "/h");
    entered(f, look);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_words_at_and_below), TEST(test_part_of_a_bind), TEST(test_working_directory),
        TEST(test_program_in_it),      TEST(test_no_place),       TEST(test_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
