/* SPDX-License-Identifier: MIT
 *
 * test_guards_tell.c - what the guards tell of a plan: which of them keeps which promise, and what
 * enter() will do. The machine is made up, but for its files.
 */
#include "guards/guard.h"
#include "test_policy.h"

/* In the order in which they prepare. */
static const struct guard *const guards[] = {
    &guard_ns,  &guard_process, &guard_stdin,  &guard_fs,
    &guard_net, &guard_caps,    &guard_limits, &guard_landlock,
};
enum { GUARDS = sizeof(guards) / sizeof(guards[0]) };

static const struct host machine = {
    .kernel_major = 6,
    .kernel_minor = 1,
    .uid = 1000,
    .gid = 1000,
    .cpus = 4,
    .max_user_namespaces = 10000,
    .unprivileged_userns = -1,
    .apparmor_userns = -1,
    .proc_shows_tree = true,
};

static int prepare(const struct sbx_policy *policy, const struct sbx_command *command,
                   struct plan *plan, struct sbx_error *error)
{
    memset(error, 0, sizeof(*error));
    *plan = (struct plan){
        .policy = policy, .command = command, .host = &machine, .stdio = {-1, -1, -1}};
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->prepare && guards[i]->prepare(plan, &machine, error) != 0) {
            arena_free(&plan->arena);
            return -1;
        }
    return 0;
}

static void prepared(const struct sbx_policy *policy, const struct sbx_command *command,
                     struct plan *plan)
{
    struct sbx_error error;
    if (prepare(policy, command, plan, &error) != 0)
        fail_msg("%s: %s (%s)", error.stage, error.text, error.hint);
}

/* ---- wall() --------------------------------------------------------------------------------- */

/* The keys that other guards keep, and those that promise nothing. */
static bool is_elsewhere(enum key_id key)
{
    const struct key *row = &policy_keys[key];
    return strcmp(row->section, "profile") == 0 || strcmp(row->section, "syscalls") == 0 ||
           key == KEY_syscall_rules || key == KEY_network_families || key == KEY_network_refused;
}

static struct wall wall_of(const struct plan *plan, enum key_id key, unsigned *count)
{
    struct wall wall = {.mechanism = ""}, claimed = wall;
    *count = 0;
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->wall && guards[i]->wall(plan, key, &wall)) {
            claimed = wall;
            (*count)++;
        }
    return claimed;
}

static void each_key_has_one_guard(void **state)
{
    struct sbx_policy *policy = load(SANDBOX_PROFILES "/judge.ini");
    struct plan plan;
    unsigned count;
    (void)state;
    prepared(policy, NULL, &plan);
    for (int key = 0; key < KEY_COUNT; key++) {
        struct wall wall = wall_of(&plan, (enum key_id)key, &count);
        if (count != (is_elsewhere((enum key_id)key) ? 0 : 1))
            fail_msg("%s.%s: %u guards keep it", policy_keys[key].section, policy_keys[key].name,
                     count);
        assert_true(count == 0 || *wall.mechanism);
    }
    arena_free(&plan.arena);
    policy_free(policy);
}

static void is_kept(const struct sbx_policy *policy, enum key_id key, enum sbx_state state,
                    const char *part)
{
    struct plan plan;
    unsigned count;
    prepared(policy, NULL, &plan);
    struct wall wall = wall_of(&plan, key, &count);
    arena_free(&plan.arena);
    assert_int_equal(count, 1);
    if (wall.state != state || !strstr(wall.mechanism, part))
        fail_msg("%s.%s: state %d, '%s'; not %d, '%s'", policy_keys[key].section,
                 policy_keys[key].name, wall.state, wall.mechanism, state, part);
}

static void kept(const char *text, enum key_id key, enum sbx_state state, const char *part)
{
    struct sbx_policy *policy = load_text(text);
    is_kept(policy, key, state, part);
    policy_free(policy);
}

static void what_keeps_it(void **state)
{
    (void)state;
    kept("", KEY_limits_pids, SBX_STATE_OFF, "unlimited");
    kept("[limits]\npids = 9\n", KEY_limits_pids, SBX_STATE_ENFORCED, "RLIMIT_NPROC 10");
    kept("", KEY_limits_core, SBX_STATE_ENFORCED, "RLIMIT_CORE 1");
    kept("[limits]\ncore = unlimited\n", KEY_limits_core, SBX_STATE_OFF, "unlimited");
    kept("[limits]\ncpu_time = 1s\nenforce = best-effort\n", KEY_limits_cpu_time, SBX_STATE_PARTIAL,
         "no cgroup");
    kept("[limits]\nmemory = 9M\nenforce = best-effort\n", KEY_limits_memory, SBX_STATE_PARTIAL,
         "RLIMIT_DATA");
    kept("[limits]\noutput = 9M\n", KEY_limits_output, SBX_STATE_ENFORCED, "pipes");
    kept("[namespaces]\nuts = host\n", KEY_namespaces_uts, SBX_STATE_OFF, "host's");
    kept("[namespaces]\nuts = host\n", KEY_identity_hostname, SBX_STATE_OFF, "host's");
    kept("", KEY_identity_hostname, SBX_STATE_ENFORCED, "sethostname");
    kept("", KEY_identity_uid, SBX_STATE_ENFORCED, "1000 1000 1");
    kept("", KEY_namespaces_nested, SBX_STATE_ENFORCED, "max_user_namespaces 0");
    kept("[network]\nmode = host\n", KEY_network_mode, SBX_STATE_OFF, "host's");
    kept("", KEY_network_mode, SBX_STATE_ENFORCED, "lo down");
    kept("", KEY_files_ro, SBX_STATE_OFF, "no word");
    kept("[files]\nro = /etc ?/absent/here\n", KEY_files_ro, SBX_STATE_ENFORCED,
         "1 recursive binds");
    kept("", KEY_files_hide, SBX_STATE_OFF, "no word");
    kept("[files]\nro = /etc\nhide = /etc/passwd ?/etc/absent/here /absent\n", KEY_files_hide,
         SBX_STATE_ENFORCED, "1 empty read-only mounts on top; of the other words, 2");
    kept("", KEY_files_noexec, SBX_STATE_OFF, "no word");
    kept("[files]\nproc = none\ndev = none\ntmpfs = /a /b\nnoexec = /a\n", KEY_files_noexec,
         SBX_STATE_ENFORCED, "1 mounts with MOUNT_ATTR_NOEXEC");
    kept("", KEY_files_text, SBX_STATE_OFF, "no word");
    kept("[files]\ntext = /a=b /c=d\n", KEY_files_text, SBX_STATE_ENFORCED, "2 files");
    kept("", KEY_root_size, SBX_STATE_ENFORCED, "size=67108864");
    kept("[files]\ntmpfs = /box\n", KEY_root_size, SBX_STATE_ENFORCED, "size=67108864");
    kept("[root]\ncwd = /etc\n[files]\nro = /etc\n", KEY_root_size, SBX_STATE_OFF, "no tmpfs");
    kept("[files]\nproc = pids\n", KEY_files_proc, SBX_STATE_ENFORCED, "subset=pid");
    kept("[files]\nproc = none\n", KEY_files_proc, SBX_STATE_OFF, "no procfs");
    kept("", KEY_files_mqueue, SBX_STATE_OFF, "no files");
    kept("[files]\nmqueue = private\n", KEY_files_mqueue, SBX_STATE_ENFORCED, "mqueue");
    kept("", KEY_files_dev, SBX_STATE_ENFORCED, "devpts");
    kept("[capabilities]\nkeep = net_raw\nambient = net_raw\n", KEY_capabilities_keep,
         SBX_STATE_ENFORCED, "cap_net_raw");
    kept("", KEY_capabilities_keep, SBX_STATE_ENFORCED, "none");
    kept("[environment]\nclear = no\n", KEY_environment_clear, SBX_STATE_OFF, "caller's");
}

/* What is told before a run and what is reported after it agree. */
static void walls_and_report_agree(void **state)
{
    static const char *const texts[] = {
        "[limits]\ncore = unlimited\nopen_files = unlimited\nstack = unlimited\n",
        "[limits]\nwall_time = 1s\n",
        "[limits]\nmemory = 9M\nenforce = best-effort\n",
        "[limits]\ncpu_time = 9s\nenforce = best-effort\n",
    };
    static const enum sbx_state expected[] = {SBX_STATE_OFF, SBX_STATE_ENFORCED, SBX_STATE_PARTIAL,
                                              SBX_STATE_PARTIAL};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct sbx_policy *policy = load_text(texts[i]);
        struct sbx_report report = {0};
        struct plan plan;
        enum sbx_state worst = SBX_STATE_OFF;
        prepared(policy, NULL, &plan);
        guard_limits.observe(&plan, &report);
        assert_int_equal(report.guards[0].state, expected[i]);
        for (int key = KEY_limits_cpu_time; key < KEY_limits_enforce; key++) {
            struct wall wall;
            assert_true(guard_limits.wall(&plan, (enum key_id)key, &wall));
            worst = wall.state > worst ? wall.state : worst;
        }
        assert_int_equal(worst, expected[i]);
        arena_free(&plan.arena);
        policy_free(policy);
    }
}

/* ---- describe() ----------------------------------------------------------------------------- */

static char *describe(const char *text, const struct sbx_command *command)
{
    struct sbx_policy *policy = load_text(text);
    struct plan plan;
    char *told = NULL;
    size_t size;
    FILE *out = open_memstream(&told, &size);
    assert_non_null(out);
    prepared(policy, command, &plan);
    guard_fs_sources.describe(&plan, out);
    for (size_t i = 0; i < GUARDS; i++) {
        assert_non_null(guards[i]->describe);
        guards[i]->describe(&plan, out);
    }
    fclose(out);
    arena_free(&plan.arena);
    policy_free(policy);
    for (const char *line = told; *line; line = strchr(line, '\n') + 1)
        if (strncmp(line, "  ", 2) != 0 || line[2] == ' ')
            fail_msg("a line that does not start with two blanks: %s", line);
    return told;
}

static void has(const char *told, const char *part)
{
    if (!strstr(told, part))
        fail_msg("'%s' is not in\n%s", part, told);
}

static void has_not(const char *told, const char *part)
{
    if (strstr(told, part))
        fail_msg("'%s' is in\n%s", part, told);
}

static void a_whole_plan(void **state)
{
    static const char *const argv[] = {"/bin/sh", "-c", "a\nb", NULL};
    static const char *const envp[] = {"LANG=C", "OTHER=1", NULL};
    static const struct sbx_command command = {.argv = argv, .envp = envp};
    (void)state;
    char *told = describe("[files]\n"
                          "ro = /etc\n"
                          "tmpfs = /tmp:size=1M,inodes=99\n"
                          "symlink = \"x\\x0ay\":/l\n"
                          "[namespaces]\ntime = private\n"
                          "[network]\nmode = loopback\n"
                          "[limits]\nwall_time = 2s\npids = 9\noutput = 1M\n"
                          "[environment]\npass = LANG\nset = A=1\n"
                          "[process]\nnice = 5\n",
                          &command);
    has(told, "  open /etc  "
              "(t.ini:2:6)\n");
    has(told, "  clone3 with new namespaces: user mount pid ipc uts net\n");
    has(told, "  uid_map: uid 1000 inside is uid 1000 of the host\n");
    has(told, "  unshare CLONE_NEWTIME: monotonic and boot-time clocks start near zero  "
              "(t.ini:6:8)\n");
    has(told, "  sethostname sandbox\n");
    has(told, "  bind /etc at /etc ro,nosuid,nodev  (t.ini:2:6)\n");
    has(told, "  tmpfs at /tmp rw,nosuid,nodev size=1048576 nr_inodes=99 mode=01777  "
              "(t.ini:3:9)\n");
    has(told, "  symlink /l -> x\\x0ay  (t.ini:4:11)\n");
    has(told, "  proc at /proc rw,nosuid,nodev,noexec hidepid=ptraceable\n");
    has(told, "  working directory /box\n");
    has(told, "  bring lo up in the new network namespace (SIOCSIFFLAGS)  (t.ini:8:8)\n");
    has(told, "  ambient set: none\n");
    has(told, "  prlimit64 RLIMIT_NPROC 10, hard 10  (t.ini:11:8)\n");
    has(told, "  launcher: a timer of 2000 ms by the clock  (t.ini:10:13)\n");
    has(told, "  launcher: a relay for stdout and stderr, up to 1048576 bytes  (t.ini:12:10)\n");
    has(told, "  umask 022\n");
    has(told, "  setpriority 5  (t.ini:17:8)\n");
    has(told, "  variable LANG=C  (t.ini:14:8)\n  variable A=1  (t.ini:15:7)\n");
    has(told, "  argument 2: a\\x0ab\n");
    has_not(told, "OTHER");
    free(told);
}

/* A plan of any program: nothing of the launcher's own input and variables is in it. */
static void a_plan_without_a_program(void **state)
{
    (void)state;
    char *told = describe("[environment]\npass = PATH\nset = A=1\n", NULL);
    has(told, "  variable A=1  (t.ini:3:7)\n");
    has(told, "  variable PATH of whoever starts it, if it is set  (t.ini:2:8)\n");
    has(told, "  a file that the program could write is opened anew, read-only\n");
    has_not(told, "argument");
    free(told);
}

/* What explain's own stdin is, says nothing of the program's. */
static void no_command_no_input(void **state)
{
    static const char *const argv[] = {"/bin/sh", NULL};
    static const struct sbx_command command = {.argv = argv};
    struct sbx_policy *policy = load_text("");
    struct plan plan;
    (void)state;
    file_text("input", "1");
    assert_int_equal(chmod("input", 0666), 0);
    int before = dup(STDIN_FILENO), input = open("input", O_RDONLY);
    assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
    prepared(policy, NULL, &plan);
    assert_null(plan.input.path);
    arena_free(&plan.arena);
    prepared(policy, &command, &plan);
    assert_non_null(plan.input.path);
    arena_free(&plan.arena);
    dup2(before, STDIN_FILENO);
    close(before);
    close(input);
    policy_free(policy);
}

static void a_command_without_a_program(void **state)
{
    static const char *const none[] = {NULL}, *const empty[] = {"", NULL};
    const struct sbx_command commands[] = {{.argv = NULL}, {.argv = none}, {.argv = empty}};
    struct sbx_policy *policy = load_text("");
    (void)state;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct plan plan;
        struct sbx_error error;
        assert_int_equal(prepare(policy, &commands[i], &plan, &error), -1);
        assert_int_equal(error.code, SBX_E_USAGE);
    }
    policy_free(policy);
}

/* ---- review() and prepare() ----------------------------------------------------------------- */

/* What a review calls an error is refused by prepare(), and what it does not is not. */
static void errors_are_refusals(void **state)
{
    static const char *const right[] = {
        "[files]\nro = /etc\nbind = /etc:/etc\n",  "[files]\ntmpfs = /proc\n",
        "[files]\nproc = none\ntmpfs = /proc/x\n", "[root]\ncwd = /tmp\n[files]\nro = /\n",
        "[files]\nbind = /proc/self/cwd:/x\n",     "[files]\nsymlink = a:/x\ntmpfs = /a\n",
    };
    static const char *const wrong[] = {
        "[files]\nro = /etc\nrw = /etc\n",
        "[files]\nro = /etc\ntmpfs = /etc\n",
        "[files]\nsymlink = a:/x b:/x\n",
        "[files]\ntmpfs = /x:size=1M /x:size=2M\n",
        "[files]\nproc = private\ntmpfs = /proc\n",
        "[files]\ntmpfs = /proc/x\n",
        "[files]\nproc = none\nro = /\n",
        "[files]\nbind = /:/x\n",
        "[files]\nbind = /proc:/x\n",
        "[files]\nbind = /proc/sys:/x\n",
        "[root]\ncwd = /proc/x\n",
        "[root]\ncwd = /proc\n",
        "[files]\nsys = ro\ntmpfs = /sys\n",
    };
    const size_t rights = sizeof(right) / sizeof(right[0]);
    (void)state;
    for (size_t i = 0; i < rights + sizeof(wrong) / sizeof(wrong[0]); i++) {
        const char *text = i < rights ? right[i] : wrong[i - rights];
        struct arena arena = {NULL};
        struct sbx_policy *policy = load_text(text);
        struct sbx_error first, error;
        struct texts texts = policy->texts;
        struct diag diag = {.error = &first, .arena = &arena, .texts = &texts};
        struct plan plan;
        guard_fs.review(policy, &diag);
        bool refused = prepare(policy, NULL, &plan, &error) != 0;
        if (!refused)
            arena_free(&plan.arena);
        else
            assert_int_equal(error.code, SBX_E_PROFILE);
        if (refused != (i >= rights) || (diag.errors > 0) != refused)
            fail_msg("%s\n%zu errors; prepare: %s", text, diag.errors, refused ? error.text : "-");
        arena_free(&arena);
        policy_free(policy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_key_has_one_guard),      TEST(what_keeps_it),
        TEST(walls_and_report_agree),      TEST(a_whole_plan),
        TEST(a_plan_without_a_program),    TEST(no_command_no_input),
        TEST(a_command_without_a_program), TEST(errors_are_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
