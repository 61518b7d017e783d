/* SPDX-License-Identifier: MIT
 *
 * test_search.c - the folders in which profiles are looked for by name, in a made-up world: whoever
 * can write to one of them writes profiles.
 */
#include "policy/search.h"
#include "support/test.h"
#include <stdio.h>
#include <string.h>

struct world {
    const char *home, *config, *program;
};

static const char *variable(void *context, const char *name)
{
    const struct world *world = context;
    return strcmp(name, "HOME") == 0              ? world->home
           : strcmp(name, "XDG_CONFIG_HOME") == 0 ? world->config
                                                  : NULL;
}

static const char *program(void *context, struct arena *arena)
{
    const struct world *world = context;
    return world->program ? arena_strdup(arena, world->program) : NULL;
}

/* The folders in their order, each with a blank behind it; without the installed one, the last. */
static void searches(struct world world, const char *extending, const char *expected)
{
    const struct outside outside = {.context = &world, .variable = variable, .program = program};
    struct arena arena = {NULL};
    struct search search;
    char found[1024] = "";
    size_t used = 0;
    assert_int_equal(search_path(&outside, &arena, extending, &search), 0);
    assert_true(search.count > 0);
    for (size_t i = 0; i + 1 < search.count; i++) {
        used += (size_t)snprintf(found + used, sizeof(found) - used, "%s ", search.prefix[i]);
        assert_true(used < sizeof(found));
    }
    assert_string_equal(found, expected);
    assert_non_null(strstr(search.prefix[search.count - 1], "sandbox/profiles/"));
    arena_free(&arena);
}

#define ETC "/etc/sandbox/profiles/ "

static void users(void **state)
{
    (void)state;
    searches((struct world){.home = "/h"}, NULL, "/h/.config/sandbox/profiles/ " ETC);
    searches((struct world){.home = "/h", .config = "/c"}, NULL, "/c/sandbox/profiles/ " ETC);
    searches((struct world){.home = "/h", .config = "c"}, NULL,
             "/h/.config/sandbox/profiles/ " ETC);
    searches((struct world){.home = "h"}, NULL, ETC);
    searches((struct world){.home = ""}, NULL, ETC);
}

static void extending(void **state)
{
    (void)state;
    searches((struct world){.home = NULL}, "/p/q.ini", "/p/ " ETC);
    searches((struct world){.home = NULL}, "q.ini", " " ETC);
}

/* Above a "bin" is an installation; above anything else may be a folder that is anybody's. */
static void programs(void **state)
{
    (void)state;
    searches((struct world){.program = "/opt/bin/"}, NULL,
             ETC "/opt/bin/profiles/ /opt/share/sandbox/profiles/ ");
    searches((struct world){.program = "/bin/"}, NULL,
             ETC "/bin/profiles/ /share/sandbox/profiles/ ");
    searches((struct world){.program = "/tmp/build/"}, NULL, ETC "/tmp/build/profiles/ ");
    searches((struct world){.program = "/tmp/cabin/"}, NULL, ETC "/tmp/cabin/profiles/ ");
    searches((struct world){.program = "/"}, NULL, ETC "/profiles/ ");
    searches((struct world){.program = "(unreachable)/bin/"}, NULL, ETC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(users), cmocka_unit_test(extending),
                                       cmocka_unit_test(programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
