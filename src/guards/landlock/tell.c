/* SPDX-License-Identifier: MIT
 *
 * tell.c - the second wall in words: what it is made of, what this kernel's version of it can't
 * say, and what went wrong.
 */
#include "guards/landlock/landlock.h"
#include <errno.h>
#include <stdio.h>

static const struct origin nowhere = {.file = NULL};

struct phrase {
    char text[128];
};
struct sentence {
    char text[3 * sizeof(struct phrase) + 64];
};

/* "read, execute, write": what holds beneath a place. */
static struct phrase rights_text(uint64_t rights)
{
    struct phrase text;
    snprintf(text.text, sizeof(text.text), "%s%s%s%s%s", rights & LL_READ ? "read" : "nothing",
             rights & LL_EXECUTE ? ", execute" : "", rights & LL_WRITE_FILE ? ", write" : "",
             rights & LL_MAKE_REG ? ", make, remove, rename" : "",
             rights & LL_IOCTL_DEV ? ", use devices" : "");
    return text;
}

/* What this ABI has beside the rules. */
static struct phrase extras_text(const struct landlock_plan *landlock)
{
    struct phrase text;
    snprintf(text.text, sizeof(text.text), "%s%s%s",
             landlock->scoped & LL_SCOPE_SIGNAL ? ", signals stay inside" : "",
             landlock->scoped & LL_SCOPE_ABSTRACT ? ", abstract sockets too" : "",
             landlock->handled_net ? ", no TCP connect" : "");
    return text;
}

/* What a newer ABI could say; with a ", " in front of each. */
static struct phrase lacks_text(int abi)
{
    struct phrase text;
    snprintf(text.text, sizeof(text.text), "%s%s%s%s%s",
             abi < 2 ? ", moves between directories (all are refused)" : "",
             abi < 3 ? ", truncate" : "", abi < 4 ? ", connect" : "",
             abi < 5 ? ", ioctl on devices" : "", abi < 6 ? ", signals, abstract sockets" : "");
    return text;
}

static struct sentence whole_text(const struct landlock_plan *landlock)
{
    struct sentence text;
    struct phrase narrower = {""};
    const struct phrase extras = extras_text(landlock), lacks = lacks_text(landlock->abi);
    if (landlock->narrower)
        snprintf(narrower.text, sizeof(narrower.text),
                 "; mounts alone: %zu places narrower than what is around", landlock->narrower);
    snprintf(text.text, sizeof(text.text), "Landlock ABI %d: %zu rules%s%s%s%s", landlock->abi,
             landlock->count, extras.text, narrower.text, *lacks.text ? "; can't say: " : "",
             *lacks.text ? lacks.text + 2 : "");
    return text;
}

void landlock_observe(const struct plan *plan, struct sbx_report *report)
{
    if (plan->landlock.abi)
        guard_report(report, "landlock", SBX_STATE_ENFORCED, "%s",
                     whole_text(&plan->landlock).text);
    else
        guard_report(report, "landlock", SBX_STATE_OFF, "%s", plan->landlock.absent);
}

bool landlock_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    if (key != KEY_landlock_mode)
        return false;
    if (plan->landlock.abi)
        return guard_wall(wall, SBX_STATE_ENFORCED, "%s", whole_text(&plan->landlock).text);
    return guard_wall(wall, SBX_STATE_OFF, "%s", plan->landlock.absent);
}

void landlock_rules_describe(const struct plan *plan, FILE *out)
{
    const struct landlock_plan *landlock = &plan->landlock;
    if (!landlock->abi) {
        guard_line(out, plan->policy->landlock_mode.origin, "nothing: %s", landlock->absent);
        return;
    }
    guard_line(out, plan->policy->landlock_mode.origin, "a Landlock ruleset, ABI %d%s",
               landlock->abi, extras_text(landlock).text);
    for (size_t i = 0; i < landlock->count; i++)
        guard_line(out, landlock->rules[i].origin, "beneath %s: %s", landlock->rules[i].place,
                   rights_text(landlock->rules[i].rights).text);
    if (landlock->message_queues)
        guard_line(out, plan->policy->namespaces_ipc.origin,
                   "message queues of the new ipc namespace: %s",
                   rights_text(LL_READ | LL_WRITE).text);
}

void landlock_describe(const struct plan *plan, FILE *out)
{
    if (!plan->landlock.abi) {
        guard_line(out, nowhere, "nothing: there is no ruleset");
        return;
    }
    guard_line(out, nowhere,
               "what stdin, stdout and stderr are may be opened anew: a rule each, but "
               "for pipes and sockets, which need none");
    guard_line(out, nowhere, "landlock_restrict_self");
}

void landlock_rules_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    const struct landlock_plan *landlock = &plan->landlock;
    const int behind = item - (int)landlock->count;
    if (item < 0 || behind > LANDLOCK_RULESET)
        return;
    if (behind >= 0) {
        snprintf(error->text, sizeof(error->text), "could not make %s",
                 behind == LANDLOCK_QUEUES ? "the Landlock rule for message queues"
                                           : "a Landlock ruleset");
        err_hint(error, "set landlock.mode = off to do without");
        err_at(error, plan->policy->landlock_mode.origin);
        return;
    }
    snprintf(error->text, sizeof(error->text), "could not make the Landlock rule for %s",
             landlock->rules[item].place);
    if (error->sys_errno == ESTALE || error->sys_errno == ELOOP || error->sys_errno == ENOENT)
        err_hint(error,
                 "a directory on the way to it was moved while the sandbox was starting: run "
                 "it again, and see who changes that path");
    else
        err_hint(error, "set landlock.mode = off to do without");
    err_at(error, landlock->rules[item].origin);
}

void landlock_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    static const char *const what[] = {
        [LANDLOCK_STDIN] = "could not make the Landlock rule for stdin",
        [LANDLOCK_STDOUT] = "could not make the Landlock rule for stdout",
        [LANDLOCK_STDERR] = "could not make the Landlock rule for stderr",
        [LANDLOCK_RESTRICT] = "could not put the Landlock ruleset in force",
    };
    if (item < LANDLOCK_STDIN || item > LANDLOCK_RESTRICT)
        return;
    snprintf(error->text, sizeof(error->text), "%s", what[item]);
    if (item == LANDLOCK_RESTRICT && error->sys_errno == E2BIG)
        err_hint(error,
                 "the kernel stacks no more rulesets than those that are in force around the "
                 "launcher; set landlock.mode = off to do without");
    else
        err_hint(error, "set landlock.mode = off to do without");
    err_at(error, plan->policy->landlock_mode.origin);
}
