/* SPDX-License-Identifier: MIT
 *
 * test_fs_program.c - which file the program is, where it is put, and when it can't run.
 */
#include "fs_fixture.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

static const char script[] = "#!/bin/interp\n";

/* A /bin with an interpreter that needs no other, bound at the same place inside. */
static void make_interpreter(struct fixture *f)
{
    make_dir(f, "/bin");
    make_text(f, "/bin/interp", "binary", 0755);
    add_bind(f, at(f, "/bin"), "/bin", false, 1);
}

static void test_program_is_put_into_cwd(void **state)
{
    struct fixture *f = *state;
    make_text(f, "/prog", "binary", 0755);
    run_program(f, at(f, "/prog"));
    prepared(f);
    assert_string_equal(f->plan.exec.path, "/box/prog");
    assert_string_equal(f->plan.exec.source, at(f, "/prog"));
    assert_null(f->plan.exec.interpreter);
    const struct fs_step *bind = find_step(f, FS_BIND, "box/prog");
    assert_int_equal(bind->attributes, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    assert_true(step_index(f, FS_TMPFS, "box") < step_index(f, FS_FILE, "box/prog"));
}

static void test_relative_path_is_the_callers(void **state)
{
    struct fixture *f = *state;
    char old[PATH_MAX];
    make_text(f, "/prog", "binary", 0755);
    assert_non_null(getcwd(old, sizeof(old)));
    assert_int_equal(chdir(f->dir), 0);
    run_program(f, "./prog");
    prepared(f);
    assert_int_equal(chdir(old), 0);
    assert_string_equal(f->plan.exec.path, "/box/prog");
    assert_string_equal(f->plan.exec.source, at(f, "/prog"));
}

static void test_visible_program_stays(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/opt");
    make_text(f, "/opt/prog", "binary", 0755);
    make_link(f, "prog", "/opt/alias");
    add_ro(f, at(f, "/opt"), 1);
    run_program(f, at(f, "/opt/alias"));
    prepared(f);
    assert_string_equal(f->plan.exec.path, at(f, "/opt/alias"));
    assert_string_equal(f->plan.exec.source, at(f, "/opt/prog"));
    assert_null(find_step(f, FS_BIND, "box/alias"));
}

static void test_program_that_only_the_sandbox_has(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/opt");
    make_text(f, "/opt/prog", "binary", 0755);
    add_bind(f, at(f, "/opt"), "/no-such-place", false, 1);
    run_program(f, "/no-such-place/prog");
    prepared(f);
    assert_string_equal(f->plan.exec.path, "/no-such-place/prog");
}

static void test_bare_name_is_searched_inside(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/one");
    make_dir(f, "/one/prog");
    make_dir(f, "/two");
    make_text(f, "/two/prog", "binary", 0755);
    add_bind(f, at(f, "/one"), "/usr/bin", false, 1);
    add_bind(f, at(f, "/two"), "/opt/bin", false, 2);
    f->envp[0] = (char[]){"PATH=relative::/usr/bin:/none:/opt/bin"};
    f->plan.exec.envp = f->envp;
    run_program(f, "prog");
    prepared(f);
    assert_string_equal(f->plan.exec.path, "/opt/bin/prog");
    assert_string_equal(f->plan.exec.source, at(f, "/two/prog"));
}

static void test_standard_path(void **state)
{
    struct fixture *f = *state;
    make_interpreter(f);
    run_program(f, "interp");
    prepared(f);
    assert_string_equal(f->plan.exec.path, "/bin/interp");
    run_program(f, "nothing");
    refused(f, SBX_E_NOT_FOUND, 0, "(/usr/local/bin:/usr/bin:/bin)", "./nothing");
}

static void test_name_that_is_not_executable(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/bin");
    make_text(f, "/bin/data", "x", 0644);
    add_bind(f, at(f, "/bin"), "/bin", false, 1);
    run_program(f, "data");
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "/bin/data is not an executable file", NULL);
}

static void test_name_that_leads_out_of_view(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/bin");
    make_link(f, "/etc/alternatives/java", "/bin/java");
    add_bind(f, at(f, "/bin"), "/bin", false, 1);
    run_program(f, "java");
    refused(f, SBX_E_NOT_FOUND, 0, "'java' is not in the PATH", "leads to /etc/alternatives/java");
}

static void test_not_found(void **state)
{
    struct fixture *f = *state;
    run_program(f, at(f, "/none"));
    refused(f, SBX_E_NOT_FOUND, 0, "does not exist", NULL);
    make_text(f, "/file", "", 0644);
    run_program(f, at(f, "/file/prog"));
    refused(f, SBX_E_NOT_FOUND, 0, "not a directory", NULL);
    run_program(f, "");
    refused(f, SBX_E_NOT_FOUND, 0, "", NULL);
    run_program(f, NULL);
    refused(f, SBX_E_USAGE, 0, "no program", NULL);
}

static void test_what_is_no_program(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    make_dir(f, "/dir");
    run_program(f, at(f, "/dir"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "is a directory", NULL);
    assert_int_equal(mkfifo(at(f, "/fifo"), 0755), 0);
    run_program(f, at(f, "/fifo"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "is a FIFO", NULL);
    run_program(f, "/dev/null");
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "is a device", NULL);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", f->dir);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
    run_program(f, at(f, "/socket"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "is a socket", NULL);
    make_text(f, "/data", "x", 0644);
    run_program(f, at(f, "/data"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "is not executable", "chmod +x");
    make_text(f, "/empty", "", 0755);
    run_program(f, at(f, "/empty"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "is empty", NULL);
}

static void test_privileged_programs(void **state)
{
    struct fixture *f = *state;
    make_text(f, "/suid", "binary", 04755);
    run_program(f, at(f, "/suid"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "setuid", "cp");
    make_text(f, "/sgid", "binary", 02755);
    run_program(f, at(f, "/sgid"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "setgid", "cp");
}

static void test_root_needs_a_program_for_others(void **state)
{
    struct fixture *f = *state;
    make_text(f, "/prog", "binary", 0750);
    f->host.root = true;
    f->plan.ns.outer_uid = f->plan.ns.outer_gid = geteuid() == 65533 ? 65532 : 65533;
    run_program(f, at(f, "/prog"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "may not be read and executed by uid", "chmod o+rx");
    f->plan.ns.outer_uid = geteuid();
    prepared(f);
}

static void test_script(void **state)
{
    struct fixture *f = *state;
    make_interpreter(f);
    make_text(f, "/script", script, 0755);
    run_program(f, at(f, "/script"));
    prepared(f);
    assert_string_equal(f->plan.exec.path, "/box/script");
    assert_string_equal(f->plan.exec.interpreter, "/bin/interp");
}

static void test_interpreter_is_not_visible(void **state)
{
    struct fixture *f = *state;
    make_text(f, "/script", script, 0755);
    run_program(f, at(f, "/script"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0,
            "its interpreter /bin/interp is not visible inside the sandbox",
            "add /bin/interp to files.ro");
    make_text(f, "/relative", "#!interp\n", 0755);
    run_program(f, at(f, "/relative"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "'interp' is not an absolute path", NULL);
}

static void test_interpreter_of_the_interpreter(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/bin");
    make_text(f, "/bin/first", "#!/bin/second\n", 0755);
    add_bind(f, at(f, "/bin"), "/bin", false, 1);
    make_text(f, "/script", "#!/bin/first\n", 0755);
    run_program(f, at(f, "/script"));
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "/bin/first can't start: its interpreter /bin/second",
            NULL);
    make_text(f, "/bin/second", "#!/bin/second\n", 0755);
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "too many other scripts", NULL);
    make_text(f, "/bin/second", "x", 0644);
    refused(f, SBX_E_NOT_EXECUTABLE, 0, "is not an executable file", NULL);
}

static void test_files(void **state)
{
    struct fixture *f = *state;
    make_text(f, "/prog", "binary", 0755);
    make_text(f, "/input", "x", 0644);
    f->files[0].source = f->files[1].source = at(f, "/input");
    f->files[1].name = "other name";
    f->command.file_count = 2;
    run_program(f, at(f, "/prog"));
    prepared(f);
    assert_string_equal(find_step(f, FS_BIND, "box/input")->source, at(f, "/input"));
    assert_non_null(find_step(f, FS_FILE, "box/other name"));
}

static void test_wrong_files(void **state)
{
    struct fixture *f = *state;
    make_text(f, "/prog", "binary", 0755);
    make_text(f, "/input", "x", 0644);
    run_program(f, at(f, "/prog"));
    f->command.file_count = 1;
    f->files[0] = (struct sbx_file){at(f, "/none"), NULL};
    refused(f, SBX_E_USAGE, 0, "there is no such file", NULL);
    f->files[0] = (struct sbx_file){f->dir, NULL};
    refused(f, SBX_E_USAGE, 0, "not a regular file", NULL);
    static const char *const names[] = {"", ".", "..", "a/b"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        f->files[0] = (struct sbx_file){at(f, "/input"), names[i]};
        refused(f, SBX_E_USAGE, 0, "is not a plain file name", "SRC:NAME");
    }
}

static void test_names_that_collide(void **state)
{
    struct fixture *f = *state;
    make_text(f, "/prog", "binary", 0755);
    make_text(f, "/input", "x", 0644);
    run_program(f, at(f, "/prog"));
    f->files[0] = (struct sbx_file){at(f, "/input"), "prog"};
    f->command.file_count = 1;
    refused(f, SBX_E_USAGE, 0, "--file", "another name");
    f->command.file_count = 0;
    add_tmpfs(f, "/box/prog/tmp", 12);
    refused(f, SBX_E_USAGE, 0, "files.tmpfs of test.ini:12 has /box/prog/tmp there", NULL);
}

static void test_no_file_is_made_on_the_host(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/w");
    make_text(f, "/prog", "binary", 0755);
    add_bind(f, at(f, "/w"), "/w", true, 1);
    f->policy.root_cwd.v = "/w";
    run_program(f, at(f, "/prog"));
    refused(f, SBX_E_USAGE, 0, "a directory of the host, where sandbox makes no files", "files.ro");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_program_is_put_into_cwd),
        TEST(test_relative_path_is_the_callers),
        TEST(test_visible_program_stays),
        TEST(test_program_that_only_the_sandbox_has),
        TEST(test_bare_name_is_searched_inside),
        TEST(test_standard_path),
        TEST(test_name_that_is_not_executable),
        TEST(test_name_that_leads_out_of_view),
        TEST(test_not_found),
        TEST(test_what_is_no_program),
        TEST(test_privileged_programs),
        TEST(test_root_needs_a_program_for_others),
        TEST(test_script),
        TEST(test_interpreter_is_not_visible),
        TEST(test_interpreter_of_the_interpreter),
        TEST(test_files),
        TEST(test_wrong_files),
        TEST(test_names_that_collide),
        TEST(test_no_file_is_made_on_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
