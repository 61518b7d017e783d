/* SPDX-License-Identifier: MIT
 *
 * test_submounts.c - what is mounted below a directory that a profile shows is restricted as the
 * directory itself is: read-only, without devices, without set-user-id programs. The mounts are
 * made in a mount namespace of the test's own, which needs root.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static char tree[256], sub[300], deep[320];

/* A file system with all that must not work in the sandbox. */
static int fill(const char *path)
{
    char node[400], program[400];

    snprintf(node, sizeof(node), "%s/zero", path);
    snprintf(program, sizeof(program), "%s/who", path);
    umask(0);
    return mount("test", path, "tmpfs", 0, "mode=0777") != 0 ||
           mknod(node, S_IFCHR | 0666, makedev(1, 5)) != 0 ||
           tree_copy(payload("mounted"), program) != 0 || chmod(program, 04755) != 0;
}

/* In the process that becomes the command. */
static void mount_all(void *data)
{
    (void)data;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        fill(sub) != 0 || mkdir(deep, 0777) != 0 || fill(deep) != 0)
        _exit(125);
}

static void mount_all_as_user(void *data)
{
    mount_all(data);
    if (setgroups(0, NULL) != 0 || setresgid(STAGE_UID, STAGE_UID, STAGE_UID) != 0 ||
        setresuid(STAGE_UID, STAGE_UID, STAGE_UID) != 0)
        _exit(125);
}

/* Without the sandbox all of it works, or the test proves nothing. */
static void control(void **state)
{
    const char *const places[] = {sub, deep};
    struct result r;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        RUN(&r, .unconfined = true, .argv = LIST(payload("mounted"), places[i]),
            .before = mount_all_as_user);
        expect_out(&r, "rw\nzero: open\nnew: open\nwho: another user\n");
        result_free(&r);
    }
}

static void try_shown(const char *list, const char *flags, const char *file)
{
    const char *const places[] = {sub, deep};
    char set[300], expected[200];
    struct result r;

    snprintf(set, sizeof(set), "files.%s=%s", list, tree);
    snprintf(expected, sizeof(expected),
             "%s nosuid nodev\nzero: Permission denied\nnew: %s\nwho: nobody else\n", flags, file);
    for (size_t i = 0; i < 2; i++) {
        RUN(&r, .profile = "base", .set = LIST(set), .argv = LIST(payload("mounted"), places[i]),
            .before = mount_all);
        expect_outcome(&r, "exited", 0);
        expect_out(&r, expected);
        result_free(&r);
    }
}

static void read_only(void **state)
{
    (void)state;
    try_shown("ro", "ro", "Read-only file system");
}

static void writable(void **state)
{
    (void)state;
    try_shown("rw", "rw", "open");
}

/* A noexec that a part of the bind gets holds for what is mounted below it, too. */
static void not_executable(void **state)
{
    char shown[300], noexec[340];
    struct result r;

    (void)state;
    snprintf(shown, sizeof(shown), "files.rw=%s", tree);
    snprintf(noexec, sizeof(noexec), "files.noexec=%s", sub);
    RUN(&r, .profile = "base", .set = LIST(shown, noexec), .argv = LIST(payload("mounted"), deep),
        .before = mount_all);
    expect_word(&r, r.out, "who: Permission denied");
    result_free(&r);
}

/* So does one that a word has as an option, and nosymfollow. */
static void options(void **state)
{
    char bind[400], link[400];
    struct result r;

    (void)state;
    snprintf(bind, sizeof(bind), "files.bind=%s:/t:rw,noexec,nosymfollow", tree);
    RUN(&r, .profile = "base", .set = LIST(bind), .argv = LIST(payload("mounted"), "/t/sub/deep"),
        .before = mount_all);
    expect_out(&r, "rw nosuid nodev\nzero: Permission denied\nnew: open\nwho: Permission denied\n");
    result_free(&r);
    for (int turn = 0; turn < 2; turn++) { /* the first is the control */
        snprintf(link, sizeof(link), "files.bind=%s:/t:rw%s", tree, turn ? ",nosymfollow" : "");
        RUN(&r, .profile = "base", .set = LIST(link),
            .argv = LIST("/bin/sh", "-c",
                         "cd /t/sub/deep && ln -s who link && readlink link && read x <link"),
            .before = mount_all);
        expect_outcome(&r, "exited", turn ? 2 : 0);
        expect_out(&r, "who\n");
        if (turn)
            expect_word(&r, r.err, "Too many");
        result_free(&r);
    }
}

/* What is hidden is hidden with all that is mounted below it; a mount can be hidden as well. */
static void hidden(void **state)
{
    const char *const hidden[] = {sub, deep};
    char shown[300], hide[400];
    struct result r;

    (void)state;
    snprintf(shown, sizeof(shown), "files.rw=%s", tree);
    for (size_t i = 0; i < 2; i++) {
        snprintf(hide, sizeof(hide), "files.hide=%s", hidden[i]);
        RUN(&r, .profile = "base", .set = LIST(shown, hide),
            .argv = LIST(payload("mounted"), hidden[i]), .before = mount_all);
        expect_out(&r, "ro nosuid nodev\nzero: No such file or directory\n"
                       "new: Read-only file system\nwho: No such file or directory\n");
        result_free(&r);
    }
}

/* Not every root may mount, in a container for one. */
static bool can_mount(void)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        mount_all(NULL);
        _exit(0);
    }
    return waitpid(child, &status, 0) == child && status == 0;
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control),        cmocka_unit_test(read_only), cmocka_unit_test(writable),
        cmocka_unit_test(not_executable), cmocka_unit_test(options),   cmocka_unit_test(hidden),
    };

    (void)argc, (void)argv;
    if (!stage()->as_root)
        return 0; /* nobody else can make a device node */
    snprintf(tree, sizeof(tree), "%s", work_path("tree"));
    snprintf(sub, sizeof(sub), "%s/sub", tree);
    snprintf(deep, sizeof(deep), "%s/deep", sub);
    if (mkdir(tree, 0755) != 0 || mkdir(sub, 0755) != 0)
        return 1;
    if (!can_mount()) {
        tree_remove(tree);
        return stage_skip("no file system with device nodes can be mounted");
    }
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    return tree_remove(tree) == 0 ? status : 1;
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
