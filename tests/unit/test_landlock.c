/* SPDX-License-Identifier: MIT
 *
 * test_landlock.c - the second wall: which rules follow from a plan, for which version of Landlock,
 * and that they are in force. Plans and machines are made up; the kernel is asked at the end.
 */
#include "guards/landlock/landlock.h"
#include "policy/ports.h"
#include "test_policy.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NEWEST = 7, RO = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };
enum { RW = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, DEVICE = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC };

static const struct fs_step usual[] = {
    {.op = FS_SYMLINK, .target = "bin", .source = "usr/bin"},
    {.op = FS_DIR, .target = "box"},
    {.op = FS_TMPFS, .target = "box", .attributes = RW},
    {.op = FS_FILE, .target = "box/prog"},
    {.op = FS_BIND, .target = "box/prog", .attributes = RO, .source = "/home/u/prog"},
    {.op = FS_DIR, .target = "dev"},
    {.op = FS_FILE, .target = "dev/null"},
    {.op = FS_BIND, .target = "dev/null", .attributes = DEVICE, .source = "/dev/null"},
    {.op = FS_DIR, .target = "dev/pts"},
    {.op = FS_DEVPTS, .target = "dev/pts", .attributes = DEVICE},
    {.op = FS_TEXT, .target = "etc/passwd", .source = "root"},
    {.op = FS_DIR, .target = "proc"},
    {.op = FS_PROC, .target = "proc", .attributes = RW | MOUNT_ATTR_NOEXEC},
    {.op = FS_DIR, .target = "usr"},
    {.op = FS_BIND, .target = "usr", .attributes = RO, .source = "/usr"},
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct item any_port = {.text = "any", .first = "any", .last = PORT_MAX};
#define ANY_PORT                                                                                   \
    {                                                                                              \
        .items = &any_port, .count = 1                                                             \
    }
static struct sbx_policy policy = {.landlock_mode.v = LANDLOCK_AUTO,
                                   .network_tcp_connect = ANY_PORT,
                                   .network_tcp_bind = ANY_PORT};

static struct plan plan_of(const struct fs_step *steps, size_t count)
{
    return (struct plan){.policy = &policy,
                         .fs = {.steps = steps, .count = count},
                         .net = {.private_ns = true, .loopback_up = true}};
}

static void derived(struct plan *plan, int abi)
{
    struct sbx_error error = {0};
    assert_int_equal(landlock_derive(plan, abi, &error), 0);
}

/* The rights of the rule for a place; 0 where it has none. */
static uint64_t at(const struct plan *plan, const char *place)
{
    uint64_t rights = 0;
    for (size_t i = 0; i < plan->landlock.count; i++)
        if (strcmp(plan->landlock.rules[i].place, place) == 0)
            rights |= plan->landlock.rules[i].rights;
    return rights;
}

/* ---- the rules ------------------------------------------------------------------------------ */

static void the_usual_plan(void **state)
{
    struct plan plan = plan_of(usual, COUNT(usual));
    (void)state;
    derived(&plan, NEWEST);
    assert_int_equal(plan.landlock.count, 5);
    assert_int_equal(at(&plan, "/"), LL_READ | LL_EXECUTE);
    assert_int_equal(at(&plan, "/box"), LL_READ | LL_EXECUTE | LL_WRITE);
    assert_int_equal(at(&plan, "/dev/null"), LL_READ_FILE | LL_WRITE_CONTENT | LL_IOCTL_DEV);
    assert_int_equal(at(&plan, "/dev/pts"), LL_READ | LL_WRITE_CONTENT | LL_IOCTL_DEV);
    assert_int_equal(at(&plan, "/proc"), LL_READ | LL_WRITE_CONTENT);
    /* The program lies read-only in a writable directory. */
    assert_int_equal(plan.landlock.narrower, 1);
    arena_free(&plan.arena);
}

static void a_noexec_place(void **state)
{
    const struct fs_step steps[] = {
        {.op = FS_BIND, .target = "lib", .attributes = RO},
        {.op = FS_TMPFS, .target = "tmp", .attributes = RW | MOUNT_ATTR_NOEXEC},
        {.op = FS_BIND, .target = "usr", .attributes = RO},
        {.op = FS_TMPFS, .target = "usr/tmp", .attributes = RW | MOUNT_ATTR_NOEXEC},
    };
    struct plan plan = plan_of(steps, COUNT(steps));
    (void)state;
    derived(&plan, NEWEST);
    assert_int_equal(at(&plan, "/"), LL_READ);
    assert_int_equal(at(&plan, "/lib"), LL_READ | LL_EXECUTE);
    assert_int_equal(at(&plan, "/usr"), LL_READ | LL_EXECUTE);
    assert_int_equal(at(&plan, "/tmp"), LL_READ | LL_WRITE);
    assert_int_equal(plan.landlock.narrower, 1);
    arena_free(&plan.arena);
}

/* What lies on top of a place gets no rule: it is the mounts' alone. */
static void what_is_hidden(void **state)
{
    const struct fs_step steps[] = {
        {.op = FS_BIND, .target = "srv", .attributes = RW},
        {.op = FS_HIDE_DIR, .target = "srv/dir"},
        {.op = FS_TMPFS, .target = "srv/dir/tmp", .attributes = RW},
        {.op = FS_HIDE_FILE, .target = "srv/file"},
        {.op = FS_SHOW_TEXT, .target = "srv/text"},
        {.op = FS_SHOW_TEXT, .target = "text"},
        {.op = FS_SEAL, .target = "srv/dir"},
        {.op = FS_PROC, .target = "proc"},
        {.op = FS_READONLY, .target = "proc/sys"},
        {.op = FS_HIDE_FILE, .target = "proc/keys"},
    };
    struct plan plan = plan_of(steps, COUNT(steps));
    (void)state;
    derived(&plan, NEWEST);
    assert_int_equal(plan.landlock.count, 3);
    assert_int_equal(plan.landlock.narrower, 5);
    assert_int_equal(at(&plan, "/srv"), LL_READ | LL_EXECUTE | LL_WRITE);
    assert_int_equal(at(&plan, "/proc"), LL_READ | LL_WRITE_CONTENT);
    arena_free(&plan.arena);
}

static void a_root_of_the_host(void **state)
{
    const struct fs_step steps[] = {
        {.op = FS_BIND, .target = "", .attributes = RO},
        {.op = FS_BIND, .target = "srv/a", .attributes = RW},
        {.op = FS_BIND, .target = "srv/ab", .attributes = RO},
    };
    struct plan plan = plan_of(steps, COUNT(steps));
    (void)state;
    derived(&plan, NEWEST);
    assert_int_equal(plan.landlock.count, 2);
    assert_int_equal(at(&plan, "/"), LL_READ | LL_EXECUTE);
    assert_int_equal(at(&plan, "/srv/a"), LL_READ | LL_EXECUTE | LL_WRITE);
    assert_int_equal(plan.landlock.narrower, 0);
    arena_free(&plan.arena);
}

/* Many read-only binds cost nothing. */
static void few_rules(void **state)
{
    enum { BINDS = 2000 };
    static char names[BINDS][16];
    struct fs_step *steps = calloc(BINDS, sizeof(*steps));
    (void)state;
    assert_non_null(steps);
    for (int i = 0; i < BINDS; i++) {
        snprintf(names[i], sizeof(names[i]), "srv/%04d", i);
        steps[i] = (struct fs_step){.op = FS_BIND, .target = names[i], .attributes = RO};
    }
    struct plan plan = plan_of(steps, BINDS);
    derived(&plan, NEWEST);
    assert_int_equal(plan.landlock.count, 1);
    arena_free(&plan.arena);
    free(steps);
}

static void each_abi(void **state)
{
    static const uint64_t news[] = {[2] = LL_REFER, [3] = LL_TRUNCATE, [5] = LL_IOCTL_DEV, [8] = 0};
    uint64_t handled = 0x1fff;
    (void)state;
    for (int abi = 1; abi <= 8; abi++) {
        struct plan plan = plan_of(usual, COUNT(usual));
        plan.net.loopback_up = false;
        handled |= news[abi];
        derived(&plan, abi);
        assert_int_equal(landlock_handled(abi), handled);
        assert_int_equal(plan.landlock.handled_fs, handled);
        for (size_t i = 0; i < plan.landlock.count; i++)
            assert_int_equal(plan.landlock.rules[i].rights & ~handled, 0);
        assert_int_equal(plan.landlock.handled_net, abi >= 4 ? LL_CONNECT_TCP : 0);
        assert_int_equal(plan.landlock.scoped, abi >= 6 ? LL_SCOPE_ABSTRACT | LL_SCOPE_SIGNAL : 0);
        assert_int_equal(plan.landlock.flags, abi >= 7 ? LL_LOG_SUBDOMAINS_OFF : 0);
        arena_free(&plan.arena);
    }
}

static void the_network(void **state)
{
    struct plan plan = plan_of(usual, COUNT(usual));
    (void)state;
    derived(&plan, NEWEST);
    assert_int_equal(plan.landlock.handled_net, 0); /* it has a lo */
    plan.net.loopback_up = false;
    plan.caps.keep = 1u << CAP_NET_ADMIN; /* it can give itself one */
    derived(&plan, NEWEST);
    assert_int_equal(plan.landlock.handled_net, 0);
    plan.caps.keep = 0;
    plan.net.private_ns = false;
    derived(&plan, NEWEST);
    assert_int_equal(plan.landlock.handled_net, 0);
    assert_int_equal(plan.landlock.scoped, LL_SCOPE_SIGNAL);
    arena_free(&plan.arena);
}

static void message_queues(void **state)
{
    struct plan plan = plan_of(usual, COUNT(usual));
    (void)state;
    derived(&plan, NEWEST);
    assert_false(plan.landlock.message_queues);
    plan.seccomp.message_queues = true;
    derived(&plan, NEWEST);
    assert_true(plan.landlock.message_queues);
    arena_free(&plan.arena);
}

/* ---- never weaker --------------------------------------------------------------------------- */

static uint64_t seed = 88172645463325252;
static unsigned any(unsigned below)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (unsigned)(seed % below);
}

static const struct fs_step *step_of(const struct plan *plan, const char *place)
{
    for (size_t i = 0; i < plan->fs.count; i++)
        if (landlock_rights(&plan->fs.steps[i]) && strcmp(plan->fs.steps[i].target, place + 1) == 0)
            return &plan->fs.steps[i];
    return NULL;
}

/* No rule allows what the mount at its place forbids. */
static void never_weaker(void **state)
{
    enum { ROUNDS = 2000, STEPS = 12 };
    static const char *const targets[STEPS] = {"a",   "a/b", "a/b/c", "a/bc", "ab",    "b",
                                               "b/a", "c",   "c/d/e", "dev",  "dev/x", "z"};
    static const enum fs_op ops[] = {FS_DIR,       FS_FILE,    FS_BIND,   FS_TMPFS,     FS_PROC,
                                     FS_DEVPTS,    FS_SYMLINK, FS_TEXT,   FS_SHOW_TEXT, FS_HIDE_DIR,
                                     FS_HIDE_FILE, FS_SEAL,    FS_MQUEUE, FS_READONLY};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct fs_step steps[STEPS] = {{.op = FS_DIR}};
        size_t count = 0;
        for (size_t i = 0; i < STEPS; i++)
            if (any(3))
                steps[count++] = (struct fs_step){
                    .op = ops[any(COUNT(ops))], .target = targets[i], .attributes = any(16)};
        struct plan plan = plan_of(steps, count);
        derived(&plan, 1 + (int)any(NEWEST));
        for (size_t i = 0; i < plan.landlock.count; i++) {
            const struct landlock_rule *rule = &plan.landlock.rules[i];
            const struct fs_step *step = step_of(&plan, rule->place);
            const uint64_t attributes = step ? step->attributes : MOUNT_ATTR_RDONLY;
            if (attributes & MOUNT_ATTR_RDONLY)
                assert_int_equal(rule->rights & LL_WRITE, 0);
            if (attributes & MOUNT_ATTR_NOEXEC)
                assert_int_equal(rule->rights & LL_EXECUTE, 0);
            if (attributes & MOUNT_ATTR_NODEV && step->op != FS_DEVPTS)
                assert_int_equal(rule->rights & LL_IOCTL_DEV, 0);
            assert_true(step || strcmp(rule->place, "/") == 0);
        }
        arena_free(&plan.arena);
    }
}

static void lent_files(void **state)
{
    (void)state;
    assert_int_equal(landlock_stdio_rights(0, S_IFREG), LL_READ_FILE);
    assert_int_equal(landlock_stdio_rights(1, S_IFREG), LL_READ_FILE | LL_WRITE_CONTENT);
    assert_int_equal(landlock_stdio_rights(0, S_IFCHR),
                     LL_READ_FILE | LL_WRITE_CONTENT | LL_IOCTL_DEV);
    assert_int_equal(landlock_stdio_rights(2, S_IFDIR), 0);
}

/* ---- whether there is one ------------------------------------------------------------------- */

static void told(int mode, int abi, int reason, const char *part)
{
    const struct host host = {.landlock_abi = abi, .landlock_errno = reason};
    struct plan plan = plan_of(usual, COUNT(usual));
    struct sbx_report report = {0};
    struct sbx_error error = {0};
    struct wall wall = {.mechanism = ""};
    policy.landlock_mode.v = mode;
    assert_int_equal(guard_landlock.prepare(&plan, &host, &error), 0);
    guard_landlock.observe(&plan, &report);
    assert_true(guard_landlock.wall(&plan, KEY_landlock_mode, &wall));
    assert_int_equal(report.guard_count, 1);
    assert_int_equal(report.unkept_count, 0);
    assert_string_equal(report.guards[0].mechanism, wall.mechanism);
    assert_int_equal(report.guards[0].state, wall.state);
    assert_int_equal(wall.state, plan.landlock.abi ? SBX_STATE_ENFORCED : SBX_STATE_OFF);
    if (!strstr(wall.mechanism, part))
        fail_msg("'%s' is not in '%s'", part, wall.mechanism);
    arena_free(&plan.arena);
}

static void what_is_told(void **state)
{
    (void)state;
    told(LANDLOCK_AUTO, 7, 0, "Landlock ABI 7: 5 rules, signals stay inside, abstract sockets too");
    told(LANDLOCK_AUTO, 7, 0, "mounts alone: 1 places");
    told(LANDLOCK_AUTO, 5, 0, "can't say: signals, abstract sockets");
    told(LANDLOCK_AUTO, 2, 0, "can't say: truncate, TCP ports, ioctl on devices, signals");
    told(LANDLOCK_AUTO, 1, 0, "left out: ABI 1");
    told(LANDLOCK_REQUIRE, 1, 0,
         "can't say: moves between directories (all are refused), truncate");
    told(LANDLOCK_OFF, 7, 0, "not asked for");
    told(LANDLOCK_AUTO, 0, ENOSYS, "no Landlock");
    told(LANDLOCK_AUTO, 0, EOPNOTSUPP, "not switched on at boot");
    policy.namespaces_nested.v = YESNO_YES;
    told(LANDLOCK_AUTO, 7, 0, "left out: it would refuse the mounts");
    told(LANDLOCK_REQUIRE, 7, 0, "Landlock ABI 7");
    policy.namespaces_nested.v = YESNO_NO;
}

/* The whole text for each version: what it has, and what it lacks, and nothing that it has not. */
static void each_abi_is_told(void **state)
{
    static const char *const texts[] = {
        "Landlock ABI 1: 5 rules; mounts alone: 1 places narrower than what is around; can't say: "
        "moves between directories (all are refused), truncate, TCP ports, ioctl on devices, "
        "signals, abstract sockets",
        "Landlock ABI 2: 5 rules; mounts alone: 1 places narrower than what is around; can't say: "
        "truncate, TCP ports, ioctl on devices, signals, abstract sockets",
        "Landlock ABI 3: 5 rules; mounts alone: 1 places narrower than what is around; can't say: "
        "TCP ports, ioctl on devices, signals, abstract sockets",
        "Landlock ABI 4: 5 rules, no TCP connect; mounts alone: 1 places narrower than what is "
        "around; can't say: ioctl on devices, signals, abstract sockets",
        "Landlock ABI 5: 5 rules, no TCP connect; mounts alone: 1 places narrower than what is "
        "around; can't say: signals, abstract sockets",
        "Landlock ABI 6: 5 rules, signals stay inside, abstract sockets too, no TCP connect; "
        "mounts "
        "alone: 1 places narrower than what is around",
        "Landlock ABI 7: 5 rules, signals stay inside, abstract sockets too, no TCP connect; "
        "mounts "
        "alone: 1 places narrower than what is around",
    };
    (void)state;
    policy.landlock_mode.v = LANDLOCK_REQUIRE;
    for (int abi = 1; abi <= NEWEST; abi++) {
        const struct host host = {.landlock_abi = abi};
        struct plan plan = plan_of(usual, COUNT(usual));
        struct sbx_report report = {0};
        struct sbx_error error = {0};
        struct wall wall;
        char *steps = NULL;
        size_t size = 0;
        plan.net.loopback_up = false;
        assert_int_equal(guard_landlock.prepare(&plan, &host, &error), 0);
        guard_landlock.observe(&plan, &report);
        assert_true(guard_landlock.wall(&plan, KEY_landlock_mode, &wall));
        assert_string_equal(report.guards[0].mechanism, texts[abi - 1]);
        assert_string_equal(wall.mechanism, texts[abi - 1]);
        FILE *out = open_memstream(&steps, &size);
        guard_landlock_rules.describe(&plan, out);
        fclose(out);
        assert_int_equal(strstr(steps, "no TCP connect") != NULL, abi >= 4);
        assert_int_equal(strstr(steps, "use devices") != NULL, abi >= 5);
        assert_int_equal(strstr(steps, "signals stay inside") != NULL, abi >= 6);
        free(steps);
        arena_free(&plan.arena);
    }
}

static void refused(int reason, const char *text, const char *hint)
{
    const struct host host = {.landlock_errno = reason};
    struct plan plan = plan_of(usual, COUNT(usual));
    struct sbx_error error = {0};
    policy.landlock_mode.v = LANDLOCK_REQUIRE;
    assert_int_equal(guard_landlock.prepare(&plan, &host, &error), -1);
    assert_int_equal(error.code, SBX_E_HOST);
    assert_string_equal(error.stage, "landlock");
    if (!strstr(error.text, text) || !strstr(error.hint, hint))
        fail_msg("'%s' and '%s' are not in '%s', '%s'", text, hint, error.text, error.hint);
}

static void required_and_absent(void **state)
{
    (void)state;
    refused(ENOSYS, "landlock.mode = require: this kernel has no Landlock", "CONFIG_SECURITY");
    refused(EOPNOTSUPP, "not switched on at boot", "lsm=");
    refused(EPERM, "behind a filter", "container");
}

static void failures_are_named(void **state)
{
    struct plan plan = plan_of(usual, COUNT(usual));
    struct sbx_error error = {.sys_errno = ESTALE};
    (void)state;
    derived(&plan, NEWEST);
    guard_landlock_rules.explain(&plan, 1, &error);
    assert_non_null(strstr(error.text, "rule for /box"));
    assert_non_null(strstr(error.hint, "was moved"));
    guard_landlock_rules.explain(&plan, (int)plan.landlock.count + LANDLOCK_RULESET, &error);
    assert_non_null(strstr(error.text, "a Landlock ruleset"));
    guard_landlock_rules.explain(&plan, (int)plan.landlock.count + LANDLOCK_QUEUES, &error);
    assert_non_null(strstr(error.text, "message queues"));
    error.sys_errno = E2BIG;
    guard_landlock.explain(&plan, LANDLOCK_RESTRICT, &error);
    assert_non_null(strstr(error.hint, "stacks no more"));
    arena_free(&plan.arena);
}

/* ---- the kernel ----------------------------------------------------------------------------- */

enum { FELL = 100 };
static char folder[] = "/tmp/sandbox-landlock.XXXXXX";

/* The errno value of writing in a folder that may be written, in a process under this one rule;
 * FELL and more where the rule itself failed. */
static int write_under(const char *place, uint64_t rights)
{
    int status = -1, item = 0, ruleset = -1;
    const struct landlock_rule rules[] = {{.place = "/", .rights = rights}, {.place = place}};
    struct plan plan = {.landlock = {.abi = 1,
                                     .handled_fs = landlock_handled(1),
                                     .rules = rules,
                                     .count = place ? 2 : 1,
                                     .ruleset = &ruleset}};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int ret = landlock_rules_enter(&plan, &item);
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (ret == 0)
            ret = landlock_enter(&plan, &item);
        if (ret < 0)
            _exit(ret == -ESTALE ? FELL + item : FELL + 10);
        _exit(chdir(folder) == 0 && open("file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0
                  ? 0
                  : errno);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The mounts let it be written: this wall alone stands. */
static void it_stands_alone(void **state)
{
    struct host host = {0};
    (void)state;
    guard_landlock.probe(&host);
    if (host.landlock_abi < 1)
        skip();
    assert_non_null(mkdtemp(folder));
    const int open_wall = write_under(NULL, LL_READ | LL_WRITE_FILE | LL_MAKE_REG);
    const int wall = write_under(NULL, LL_READ | LL_EXECUTE);
    const int no_mount = write_under(folder, LL_READ);
    char path[64];
    snprintf(path, sizeof(path), "%s/file", folder);
    unlink(path);
    rmdir(folder);
    assert_int_equal(open_wall, 0);
    assert_int_equal(wall, EACCES);
    assert_int_equal(no_mount, FELL + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_plan),      cmocka_unit_test(a_noexec_place),
        cmocka_unit_test(what_is_hidden),      cmocka_unit_test(a_root_of_the_host),
        cmocka_unit_test(few_rules),           cmocka_unit_test(each_abi),
        cmocka_unit_test(the_network),         cmocka_unit_test(message_queues),
        cmocka_unit_test(never_weaker),        cmocka_unit_test(lent_files),
        cmocka_unit_test(what_is_told),        cmocka_unit_test(each_abi_is_told),
        cmocka_unit_test(required_and_absent), cmocka_unit_test(failures_are_named),
        cmocka_unit_test(it_stands_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
