/* SPDX-License-Identifier: MIT
 *
 * test_hidden_proc.c - where the host's /proc hides other users' processes, an ordinary user's
 * launcher can't see what the program uses: a limit that rests on that is refused. Root sees all.
 * The /proc in question is in a mount namespace that is this test's own.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

static void become_user(void *unused)
{
    (void)unused;
    if (setgroups(0, NULL) != 0 || setresgid(STAGE_UID, STAGE_UID, STAGE_UID) != 0 ||
        setresuid(STAGE_UID, STAGE_UID, STAGE_UID) != 0 || prctl(PR_SET_DUMPABLE, 1) != 0)
        _exit(97);
}

static const char *const limits[] = {"limits.cpu_time=5s", "limits.enforce=best-effort", NULL};

static void user_is_refused(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .profile = "base", .set = limits, .argv = LIST(payload("exit_code"), "0"),
        .before = become_user);
    expect_refused(&r, 125, "hides");
    result_free(&r);
    RUN(&r, .argv = LIST(payload("exit_code"), "0"), .before = become_user);
    expect_refused(&r, 125, "hides");
    result_free(&r);
}

static void root_is_not(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .profile = "base", .set = limits, .argv = LIST(payload("exit_code"), "7"));
    expect_outcome(&r, "exited", 7);
    result_free(&r);
    RUN(&r, .set = LIST("limits.cpu_time=200ms"), .argv = LIST(payload("spin"), "1", "2"));
    expect_outcome(&r, "cpu_time", 124);
    result_free(&r);
}

/* The control: with a /proc that shows all, the same user's launch goes through. */
static void user_is_not_refused_elsewhere(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .profile = "base", .set = limits, .argv = LIST(payload("exit_code"), "7"),
        .before = become_user);
    expect_outcome(&r, "exited", 7);
    result_free(&r);
}

static int hide(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return -1;
    return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=invisible");
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest shown[] = {cmocka_unit_test(user_is_not_refused_elsewhere)};
    const struct CMUnitTest hidden[] = {cmocka_unit_test(user_is_refused),
                                        cmocka_unit_test(root_is_not)};

    (void)argc, (void)argv;
    if (!stage()->as_root)
        return 0; /* an ordinary user can't mount such a /proc; the other variant becomes one */
    if (cmocka_run_group_tests(shown, NULL, NULL) != 0)
        return 1;
    if (hide() != 0)
        return stage_skip("no /proc with hidepid can be mounted: %s", strerror(errno));
    return cmocka_run_group_tests(hidden, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
