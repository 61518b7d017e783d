/* SPDX-License-Identifier: MIT
 *
 * main.c - tries one attack: escape user|root NAME.
 *
 * First the control: the attack must work where the protection is off, or it proves nothing. Then
 * every variant must be blocked, by the profile judge as it is shipped, again by the other walls
 * alone where the system call filter is out of the way, and by the profile base.
 */
#include "escape/escape.h"
#include "escape/probe.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const one_variant[] = {"plain", NULL};
static const struct attack *attack;
static struct things things;
static bool control_works, control_worked_for_root;
static char control_says[512];
static int input = -1;

static void try_spec(struct run_spec *spec, const char *argv[static 8], const char *variant)
{
    argv[0] = NULL; /* the caller's */
    argv[VARIANT] = variant;
    argv[SECRET] = things.secret;
    argv[VICTIM] = things.victim_text;
    argv[ABSTRACT] = things.abstract;
    argv[PORT] = things.port;
    argv[SHM] = things.shm_text;
    argv[PROBE_ARGUMENTS] = NULL;
    spec->argv = argv;
    spec->before = attack->before;
    spec->data = &things;
    if (attack->input_file)
        input = open("given", O_RDONLY | O_CLOEXEC);
    spec->in = attack->input_file ? &input : attack->terminal ? &things.slave : NULL;
}

static void probe_name(char name[static 64])
{
    snprintf(name, 64, "probe_%s", attack->name);
}

static void make_given_file(void)
{
    FILE *file = fopen("given", "we");

    if (file != NULL)
        fclose(file);
}

/* ---- the control ---------------------------------------------------------------------------- */

static bool control_escapes(const char *variant)
{
    const char *argv[8];
    char name[64];
    struct run_spec spec = {0};
    struct result r;
    bool success;

    assert_int_equal(things_renew_victim(&things), 0);
    make_given_file();
    probe_name(name);
    try_spec(&spec, argv, variant);
    argv[0] = payload(name);
    spec.unconfined = attack->open == NULL;
    spec.set = attack->open;
    run(&r, &spec);
    close(input);
    success = r.status == ESCAPED;
    printf("control %s%s: %s", variant, geteuid() == 0 ? " as root" : "", r.out);
    if (!success) {
        snprintf(control_says, sizeof(control_says), "status %d, signal %d: %.200s%.200s", r.status,
                 r.signal, r.out, r.err);
        printf("%s\n", control_says);
    }
    result_free(&r);
    unlink("given");
    unlink("other");
    unlink("fifo");
    rmdir("probe-root");
    return success;
}

static bool try_control(void)
{
    const char *const *variant = attack->control != NULL    ? attack->control
                                 : attack->variants != NULL ? attack->variants
                                                            : one_variant;

    for (; *variant != NULL; variant++) {
        if (!control_escapes(*variant))
            return false;
    }
    return true;
}

static void control(void **state)
{
    (void)state;
    control_works = try_control();
}

/* ---- the attack ----------------------------------------------------------------------------- */

/* The attack's own settings, then the walls'. The caller has room for 24. */
static void join_sets(const char **joined, const char *const *more)
{
    const char *const *set;
    size_t count = 0;

    for (set = attack->set; set != NULL && *set != NULL; set++)
        joined[count++] = *set;
    for (set = more; set != NULL && *set != NULL; set++)
        joined[count++] = *set;
    joined[count] = NULL;
}

static bool is_blocked(const struct result *r)
{
    const char *outcome;

    if (r->report == NULL || !things_victim_lives(&things))
        return false;
    outcome = report_string(r, "outcome");
    if (strcmp(outcome, "denied") == 0)
        return true;
    if (attack->limit_is_blocked &&
        (strcmp(outcome, "memory") == 0 || strcmp(outcome, "wall_time") == 0))
        return true;
    if (strcmp(outcome, "setup_failed") == 0)
        return attack->refused_is_blocked && r->status == 126;
    return strcmp(outcome, "exited") == 0 && r->status == BLOCKED;
}

static void expect_blocked(const char *profile, const char *variant, const char *const *more,
                           const char *what)
{
    const char *argv[8], *sets[24];
    char name[64];
    struct run_spec spec = {.profile = profile, .set = sets};
    struct result r;

    assert_int_equal(things_renew_victim(&things), 0);
    make_given_file();
    probe_name(name);
    join_sets(sets, more);
    try_spec(&spec, argv, variant);
    argv[0] = payload(name);
    spec.file = LIST("given");
    run(&r, &spec);
    close(input);
    unlink("given");
    unlink("fifo");
    if (!is_blocked(&r)) {
        result_print(&r);
        fail_msg("%s, variant %s, %s: not blocked", attack->name, variant, what);
    }
    printf("%s %s: %s\n", what, variant, r.out_length > 0 ? r.out : report_string(&r, "outcome"));
    result_free(&r);
}

static bool base_allows(const char *variant)
{
    const char *const *allowed;

    for (allowed = attack->base_allows; allowed != NULL && *allowed != NULL; allowed++) {
        if (strcmp(*allowed, variant) == 0)
            return true;
    }
    return false;
}

static void confined(void **state)
{
    const char *const *variant = attack->variants != NULL ? attack->variants : one_variant;

    (void)state;
    for (; *variant != NULL; variant++) {
        expect_blocked("judge", *variant, NULL, "judge");
        if (attack->walls != NULL)
            expect_blocked("judge", *variant, attack->walls, "judge without its filter");
        if (!base_allows(*variant))
            expect_blocked("base", *variant, NULL, "base");
    }
}

/* ---- both ----------------------------------------------------------------------------------- */

static int find_attack(const char *name)
{
    size_t i;

    for (i = 0; name != NULL && i < attack_count; i++) {
        if (strcmp(attacks[i].name, name) == 0)
            attack = &attacks[i];
    }
    if (attack != NULL)
        return 0;
    fprintf(stderr, "no attack has the name \"%s\"\n", name != NULL ? name : "");
    return 1;
}

/* With the rights that the test was started with: what root alone can show. */
static int before(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(control)};

    if (find_attack(argc > 0 ? argv[0] : NULL) != 0)
        return 1;
    if (!stage()->from_root || attack->open != NULL)
        return 0;
    if (chmod(payload("probe_setuid"), 04755) != 0 || things_make(&things) != 0)
        return 1;
    cmocka_run_group_tests(tests, NULL, NULL);
    things_end(&things);
    control_worked_for_root = control_works;
    return 0;
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest control_test[] = {cmocka_unit_test(control)};
    const struct CMUnitTest tests[] = {cmocka_unit_test(confined)};
    int status;

    (void)argc, (void)argv;
    if (things_make(&things) != 0) {
        perror("can't set up what the attack is after");
        return 1;
    }
    if (!control_worked_for_root)
        cmocka_run_group_tests(control_test, NULL, NULL);
    if (control_worked_for_root || control_works)
        status = cmocka_run_group_tests(tests, NULL, NULL);
    else
        status = stage_skip("the control of %s does not work here: %s", attack->name, control_says);
    things_end(&things);
    return status;
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, before, body);
}
